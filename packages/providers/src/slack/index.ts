import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { slackEventNames } from './event-names.ts'
import type { SlackEvents } from './events.ts'

export * from './event-names.ts'
export type * from './events.ts'

const day = 86_400_000
const timestamp = { header: 'X-Slack-Request-Timestamp', as: 'unix-seconds' } as const

/**
 * Slack: the Events API, slash commands and interactivity, at one endpoint or several.
 *
 * HMAC-SHA256 of `v0:<timestamp>:<body>` as hex in `X-Slack-Signature`, after `v0=`; the time of the attempt is
 * `X-Slack-Request-Timestamp`. An event of the Events API is its `event_id`; a command or an interaction, which Slack
 * does not repeat, the hash of its body. `url_verification` and `ssl_check` are answered. Slack waits 3 s: commands and
 * interactions that want an answer (`view_submission`, `block_suggestion`) need `ack: 'handled'` with `respond`. An event
 * is retried at once, after 1 and after 5 minutes; with «Delayed Events», then each hour for a day.
 *
 * Slack publishes types of events, in `@slack/types`: give your own map of them as the type parameter.
 *
 * As of its documentation, read 2026-11-27: https://docs.slack.dev/authentication/verifying-requests-from-slack,
 * https://docs.slack.dev/apis/events-api/, https://docs.slack.dev/interactivity/implementing-slash-commands and
 * https://docs.slack.dev/reference/interaction-payloads.
 *
 * @param signingSecret the «Signing Secret» of the app, or several: a list, or a map such as `{ staging, production }`
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { slack } from '@acuse/providers/slack'
 *
 * const receiver = createReceiver(slack(process.env['SLACK_SIGNING_SECRET']))
 * receiver.on('app_mention', ({ payload }, { log }) => log.info({ team: payload.team_id }, 'mentioned'))
 */
export function slack<Events extends object = SlackEvents>(
  signingSecret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<SlackEvents>({
    name: 'slack',
    path: '/webhooks/slack',
    scheme: hmac({
      header: 'X-Slack-Signature',
      prefix: 'v0=',
      secret: signingSecret,
      signs: [{ text: 'v0:' }, timestamp, { text: ':' }, { raw: 'body' }],
    }),
    events: slackEventNames,
    bodies: { 'application/json': 'json', 'application/x-www-form-urlencoded': { jsonIn: 'payload' } },
    time: { of: 'attempt', value: timestamp, format: 'unix-seconds', required: true },
    eventRules: [
      {
        when: { body: 'event.type', exists: true },
        type: [{ body: 'event.type' }],
        idempotencyKey: [{ body: 'event_id' }],
      },
      { when: { body: 'command', exists: true }, type: [{ text: 'command' }] },
      { type: [{ body: 'type' }] },
    ],
    expose: ['X-Slack-Retry-Num', 'X-Slack-Retry-Reason'],
    handshakes: [
      {
        method: 'POST',
        proof: 'scheme',
        when: { body: 'type', is: 'url_verification' },
        answer: { json: { challenge: { body: 'challenge', as: 'token' } } },
      },
      { method: 'POST', proof: 'scheme', when: { body: 'ssl_check', is: '1' }, answer: {} },
    ],
    // The day of «Delayed Events» is from memory of the documentation.
    limits: { retriesForMs: day + 360_000 + 4 * 3_000, ackTimeoutMs: 3_000 },
    sending: {
      attemptDelaysMs: [0, 0, 60_000, 300_000],
      timeoutMs: 3_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      encode,
    },
  })
  return typed<Events>(provider)
}

/** At another time it is another event, or another click. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const ms = at.getTime()
  return 'event' in payload
    ? { ...payload, event_id: `Ev${ms}`, event_time: Math.floor(ms / 1_000) }
    : { ...payload, trigger_id: `${ms}.47445629121` }
}

/** Events are JSON, commands a form, and interactions JSON in a form. */
function encode(payload: JsonObject) {
  if ('event' in payload) return { mediaType: 'application/json', body: JSON.stringify(payload) }
  const fields = 'command' in payload ? payload : { payload: JSON.stringify(payload) }
  const texts = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)])
  return { mediaType: 'application/x-www-form-urlencoded', body: new URLSearchParams(texts).toString() }
}
