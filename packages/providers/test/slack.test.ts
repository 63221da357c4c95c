import { createReceiver } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { slack, slackApiEventNames, slackEventNames } from '../src/slack/index.ts'
import { receiverOf, requestOf, sentBy } from './support/inbound.ts'

const secret = '8f742231b10e8888abcd99yyyzzz85a5'
const now = 1_531_420_618_000
/** The example of Slack's documents («Validating a request»). */
const documented =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

function signed(body: string, mediaType: string): Readonly<Record<string, string>> {
  const headers = { 'x-slack-request-timestamp': String(now / 1_000) }
  const proof = slack(secret).scheme.sign?.(Buffer.from(body), { headers, at: new Date(now) })
  return { 'content-type': mediaType, ...headers, ...proof }
}

describe('slack', () => {
  it('takes the slash command of its documents', async () => {
    const { receiver, post } = receiverOf(slack(secret), now)
    const commands: unknown[] = []
    receiver.on('command', ({ payload, occurredAt }) =>
      commands.push(payload.command, payload.text, occurredAt),
    )
    const headers = { 'X-Slack-Request-Timestamp': '1531420618', 'X-Slack-Signature': signature }
    const outcome = await post(documented, { 'Content-Type': form, ...headers })
    expect(outcome).toMatchObject({ kind: 'accepted' })
    await receiver.onIdle()
    expect(commands).toEqual(['/webhook-collect', '', new Date(now)])
    const late = receiverOf(slack(secret), now + 301_000)
    expect(await late.post(documented, { 'Content-Type': form, ...headers })).toMatchObject({ status: 401 })
  })

  it('knows each name once', () => {
    expect(slackApiEventNames).toHaveLength(90)
    expect(new Set(slackEventNames).size).toBe(101)
  })

  it('takes the retry of an event, signed anew, for the event', async () => {
    const provider = slack(secret)
    const { post } = receiverOf(provider, now)
    const [body, headers] = await sentBy(provider, 'app_mention', new Date(now))
    expect(await post(body, headers)).toMatchObject({ kind: 'accepted' })
    const at = new Date(now + 60_000)
    const again = provider.scheme.sign?.(Buffer.from(body), {
      headers: { 'x-slack-request-timestamp': String(at.getTime() / 1_000) },
      at,
    })
    const retry: Record<string, string> = {
      ...headers,
      ...again,
      'X-Slack-Retry-Num': '1',
      'X-Slack-Retry-Reason': 'http_timeout',
    }
    expect(retry['x-slack-signature']).not.toBe(headers['x-slack-signature'])
    expect(await post(body, retry)).toMatchObject({ kind: 'duplicate' })
  })

  it('names interactions by their type, and a rate limit too', async () => {
    const { post, accepted } = receiverOf(slack(secret), now)
    const pressed = `payload=${encodeURIComponent('{"type":"block_actions","actions":[{"action_id":"ok"}]}')}`
    await post(pressed, signed(pressed, form))
    const limited = '{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1518467820}'
    await post(limited, signed(limited, json))
    expect(accepted()).toEqual(['block_actions', 'app_rate_limited'])
  })

  it('answers url_verification with the challenge, and only when it is signed', async () => {
    const { post, observations } = receiverOf(slack(secret), now)
    const body =
      '{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}'
    expect(await post(body, signed(body, json))).toMatchObject({
      kind: 'answered',
      status: 200,
      body: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}',
    })
    const forged = { ...signed(body, json), 'x-slack-signature': `v0=${'0'.repeat(64)}` }
    expect(await post(body, forged)).toMatchObject({ status: 401 })
    expect(observations.map(({ type }) => type)).toEqual(['handshake', 'rejected'])
  })

  it('answers ssl_check and stores nothing', async () => {
    const { post } = receiverOf(slack(secret), now)
    const body = 'ssl_check=1&token=xyzz0WbapA4vBCDEFasx0q6G'
    expect(await post(body, signed(body, form))).toMatchObject({ kind: 'answered', status: 200 })
  })

  it('answers a command with what a responder says, within 3 s', async () => {
    const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
    const provider = slack(secret)
    expect(provider.limits?.ackTimeoutMs).toBe(3_000)
    const receiver = createReceiver(provider, {
      ack: 'handled',
      clock,
      respond: { command: ({ payload }) => ({ text: `${payload.command}: done` }) },
    })
    const outcome = await receiver.receive(requestOf(documented, signed(documented, form)))
    expect(outcome).toMatchObject({ status: 200, body: '{"text":"/webhook-collect: done"}' })
  })

  it.each(['message', 'command', 'view_submission'] as const)(
    'sends a different %s each time',
    async (name) => {
      const provider = slack(secret)
      const { post, accepted } = receiverOf(provider, now)
      await post(...(await sentBy(provider, name, new Date(now))))
      await post(...(await sentBy(provider, name, new Date(now + 1))))
      expect(accepted()).toEqual([name, name])
    },
  )

  it('throws without a secret', () => {
    expect(() => slack(undefined)).toThrow(TypeError)
  })
})
