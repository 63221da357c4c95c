import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createReceiver,
  defineProvider,
  fromRawHeaders,
  hmac,
  type Logger,
  memoryInbox,
  type Scheme,
  type WebhookRequest,
} from '../../src/index.ts'
import { manualClock } from '../support/clock.ts'

const secret = 'a secret of more than sixteen bytes'
const header = 'x-signature'
const quoted = `"${secret}"`
const said = 'The sender has the secret in quotation marks'
const unsaid = 'Another secret, or a body that was changed on the way'

function mac(body: string, key: string): string {
  return createHmac('sha256', key).update(body).digest('hex')
}
function signed(body: string, key: string): WebhookRequest {
  return {
    method: 'POST',
    url: '/',
    headers: fromRawHeaders([header, mac(body, key)]),
    body: Buffer.from(body),
  }
}
const random = (): WebhookRequest => signed('{"type":"x"}', `${Math.random()} of a stranger's`)

/** A receiver, its lines, and how often its scheme was asked for a diagnosis. */
function receiving(change: (scheme: Scheme) => Partial<Scheme> = () => ({})) {
  const lines: string[] = []
  const keep = (_: object, message: string) => void lines.push(message)
  const logger: Logger = { debug: () => {}, info: keep, warn: keep, error: keep }
  let asked = 0
  const own = hmac({ header, secret })
  const counted: Scheme = {
    ...own,
    diagnose(request) {
      asked++
      return own.diagnose(request)
    },
  }
  const clock = manualClock()
  const changes = change(counted)
  const scheme = { ...counted, ...changes }
  const provider = defineProvider({
    name: 'acme',
    path: '/',
    scheme,
    envelope: ({ type }) => ({ type: String(type), idempotencyKey: ['k'] }),
  })
  const receiver = createReceiver(provider, { inbox: memoryInbox(), logger, clock })
  return { receiver, lines, clock, asked: () => asked }
}

describe('the line of a signature that does not match', () => {
  it('says what is known of the first in a minute', async () => {
    const { receiver, lines } = receiving()
    await receiver.receive(signed('{"type":"x"}', quoted))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`401 signature-mismatch. ${said}`)
  })

  it('looks at a few of those that are only counted, so that a stranger hides no sender', async () => {
    const { receiver, lines, clock, asked } = receiving()
    await receiver.receive(random())
    await receiver.receive(random())
    await receiver.receive(signed('{"type":"x"}', quoted))
    for (let more = 0; more < 20; more++) await receiver.receive(random())
    expect(asked()).toBe(3)
    await clock.advance(60_000)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain(unsaid)
    expect(lines[1]).toContain(
      `acme: 22 more refused with 401 signature-mismatch in the last minute. ${said}`,
    )
  })

  it('costs four diagnoses a minute at most, whatever comes', async () => {
    const { receiver, asked } = receiving()
    for (let request = 0; request < 100; request++) await receiver.receive(random())
    expect(asked()).toBe(4)
  })

  it('is not diagnosed where the body is large: that would hold up other requests', async () => {
    const { receiver, lines, asked } = receiving()
    await receiver.receive(signed(JSON.stringify({ type: 'x', pad: 'y'.repeat(16_384) }), quoted))
    expect(asked()).toBe(0)
    expect(lines[0]).toContain(unsaid)
  })

  it('says what the code says where a scheme of anybody fails at it', async () => {
    const fail = () => {
      throw new Error('no diagnosis')
    }
    const { receiver, lines } = receiving(() => ({ diagnose: fail }))
    const outcome = await receiver.receive(random())
    expect(outcome).toMatchObject({ status: 401 })
    expect(lines[0]).toContain(unsaid)
  })
})

describe('the line of a header that is not as documented', () => {
  const sent = (value: string) => ({
    method: 'POST',
    url: '/',
    headers: fromRawHeaders([header, value]),
    read: () => Buffer.from('{"type":"x"}'),
  })

  it('says what is wrong with its look, which needs no body', async () => {
    const { receiver, lines, asked } = receiving()
    await receiver.handle(sent(`sha256=${'0'.repeat(64)}`))
    expect(lines[0]).toContain(
      "header 'x-signature'. The signature begins with 'sha256=', and none is expected",
    )
    expect(asked()).toBe(0)
  })

  it('says what the code says where the scheme tells no more', async () => {
    const { receiver, lines } = receiving((scheme) => {
      Reflect.deleteProperty(scheme, 'diagnoseHeaders')
      return {}
    })
    await receiver.handle(sent('junk'))
    expect(lines[0]).toContain('The header is not written as the provider documents it')
  })
})
