import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { type ZoomEvents, zoomEventNames } from './events.ts'

export { zoomAccountEventNames } from './event-names/accounts.ts'
export { zoomMeetingEventNames } from './event-names/meetings.ts'
export { zoomPhoneEventNames } from './event-names/phone.ts'
export { zoomTeamChatEventNames } from './event-names/team-chat.ts'
export { zoomVideoSdkEventNames } from './event-names/video-sdk.ts'
export type * from './events.ts'
export { zoomEventNames } from './events.ts'

/**
 * Zoom: meetings, recordings, phone, Team Chat and Video SDK.
 *
 * `x-zm-signature` is `v0=` and the HMAC-SHA256, as hex, of `v0:`, the attempt's time of `x-zm-request-timestamp`, `:`
 * and the raw body. No event has an id: what tells one from another is its content, without a recording's
 * `download_token`. Zoom validates the URL, and again every 72 hours, with `endpoint.url_validation`, which is answered
 * with the MAC of its `plainToken`. An answer is due within 3 s; else it is sent again after 5, 20 and 60 minutes more.
 *
 * As of its documentation, read 2026-11-27: https://developers.zoom.us/docs/api/webhooks.
 *
 * @param secret the «secret token» of the app's Access page, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { zoom } from '@acuse/providers/zoom'
 *
 * const receiver = createReceiver(zoom(process.env['ZOOM_SECRET_TOKEN']))
 * receiver.on('meeting.started', ({ payload }, { log }) => log.info({ id: payload.payload.object?.id }, 'started'))
 */
export function zoom<Events extends object = ZoomEvents>(secret: Secrets | undefined): Provider<Events> {
  const time = { header: 'x-zm-request-timestamp', as: 'unix-seconds' } as const
  const plainToken = { body: 'payload.plainToken', as: 'id' } as const
  const provider = defineProvider<ZoomEvents>({
    name: 'zoom',
    path: '/webhooks/zoom',
    scheme: hmac({
      header: 'x-zm-signature',
      prefix: 'v0=',
      secret,
      signs: [{ text: 'v0:' }, time, { text: ':' }, { raw: 'body' }],
    }),
    events: zoomEventNames,
    time: { of: 'attempt', value: time, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'event' }] }],
    volatile: ['download_token'],
    handshakes: [
      {
        method: 'POST',
        proof: 'scheme',
        when: { body: 'event', is: 'endpoint.url_validation' },
        // `id` holds no colon: the MAC of a token is no signature of a request.
        answer: { json: { plainToken, encryptedToken: { mac: plainToken } } },
      },
    ],
    // The three retries, each without an answer.
    limits: { retriesForMs: 85 * 60_000 + 4 * 3_000, ackTimeoutMs: 3_000 },
    sending: {
      attemptDelaysMs: [0, 300_000, 1_200_000, 3_600_000],
      timeoutMs: 3_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload: JsonObject, at: Date) => ({ ...payload, event_ts: at.getTime() }),
    },
  })
  return typed<Events>(provider)
}
