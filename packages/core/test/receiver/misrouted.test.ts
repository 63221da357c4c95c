import { describe, expect, it } from 'vitest'
import { passRequest, takeRequest } from '../../src/adapter.ts'
import {
  apiKey,
  createReceiver,
  defineProvider,
  fromRawHeaders,
  hmac,
  memoryInbox,
  type Observation,
  type Receiver,
  type Scheme,
} from '../../src/index.ts'
import { manualClock } from '../support/clock.ts'

const secret = 'a secret of more than sixteen bytes'
const header = 'x-signature'
const signature = 'ab'.repeat(32)

function receiving(scheme: Scheme = hmac({ header, secret })) {
  const told: Observation[] = []
  const lines: string[] = []
  const keep = (_: object, message: string) => void lines.push(message)
  const clock = manualClock()
  const provider = defineProvider({
    name: 'acme',
    path: '/hooks/acme',
    scheme,
    envelope: ({ type }) => ({ type: String(type), idempotencyKey: ['k'] }),
  })
  const receiver = createReceiver(provider, {
    inbox: memoryInbox(),
    clock,
    logger: { debug: () => {}, info: keep, warn: keep, error: keep },
    observer: (observation) => void told.push(observation),
  })
  return { receiver, told, lines, clock }
}

interface Passed {
  readonly method?: string
  readonly url?: string
  readonly headers?: readonly string[]
  readonly status?: number
  readonly request?: object
}

/** Has an adapter pass a request on; whether it was looked at. */
function pass(receiver: Receiver<never>, changes: Passed = {}): boolean {
  const {
    method = 'POST',
    url = '/hook/acme',
    headers = [header, signature],
    status = 404,
    request = {},
  } = changes
  const tell = passRequest(receiver, request, { method, url, headers: fromRawHeaders(headers) })
  tell?.(status)
  return tell !== undefined
}

describe('a request that is passed on', () => {
  it('is told where it has the header of the signature and nobody took it, without its query', () => {
    const { receiver, told, lines } = receiving()
    pass(receiver, { url: 'https://example.com/hook/acme?key=1#x' })
    const about = { provider: 'acme', endpoint: 'acme', path: '/hook/acme', expected: '/hooks/acme' }
    expect(told).toEqual([{ type: 'misrouted', ...about, status: 404, header }])
    expect(lines).toEqual([
      "acme: a POST with the header 'x-signature' came to '/hook/acme', where nothing took it (404); the receiver is at '/hooks/acme'. Give the sender that address, or the receiver the option path (docs/troubleshooting.md#misrouted)",
    ])
  })

  it.each<[string, Passed]>([
    ['is no POST', { method: 'GET' }],
    ['has no such header', { headers: [] }],
    ['has an empty one', { headers: [header, ''] }],
  ])('is not looked at where it %s', (_, changes) => {
    const { receiver, told } = receiving()
    expect(pass(receiver, changes)).toBe(false)
    expect(told).toEqual([])
  })

  it.each([200, 204])("is the app's own where it is answered with %i", (status) => {
    const { receiver, told } = receiving()
    pass(receiver, { status })
    expect(told).toEqual([])
  })

  it("is another receiver's where that took it, and told by one receiver where none did", () => {
    const first = receiving()
    const second = receiving()
    const taken = {}
    takeRequest(taken)
    pass(first.receiver, { request: taken })
    const missed = {}
    pass(first.receiver, { request: missed })
    pass(second.receiver, { request: missed })
    expect(first.told).toHaveLength(1)
    expect(second.told).toEqual([])
  })

  it('is told with a path that is cut, and printed as one line', () => {
    const { receiver, lines, told } = receiving()
    pass(receiver, { url: `/a\nforged${'x'.repeat(300)}` })
    expect(told[0]).toMatchObject({ path: expect.stringMatching(/^.{8,}x{100,}…$/s) })
    expect(lines[0]).toContain("came to '/a\\nforged")
  })

  it.each([`/hooks/${encodeURIComponent(secret)}/x`, `/${secret.replaceAll(' ', '%20')}`])(
    'is told without its path where that holds the key: %s',
    (url) => {
      const { receiver, told } = receiving()
      pass(receiver, { url })
      expect(told).toMatchObject([{ path: '[redacted]' }])
    },
  )

  it('is told with a path that nothing can decode, and where the scheme has no marks, or fails to give them', () => {
    const url = '/hooks/%E0%A4%A/of-more-than-16-chars%E0%A4%A'
    const { keyMarks: _, ...unmarked } = hmac({ header, secret })
    let fails = false
    const keyMarks = () => {
      if (fails) throw new Error('no marks')
      return ['x']
    }
    for (const scheme of [hmac({ header, secret }), unmarked, { ...unmarked, keyMarks }]) {
      fails = false
      const { receiver, told } = receiving(scheme)
      fails = true
      pass(receiver, { url })
      expect(told).toMatchObject([{ path: url }])
    }
  })

  it('is one line a minute, and then how many there were', async () => {
    const { receiver, lines, told, clock } = receiving()
    for (let request = 0; request < 5; request++) pass(receiver)
    expect(told).toHaveLength(5)
    expect(lines).toHaveLength(1)
    await clock.advance(60_000)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/#misrouted\); 4 more in the last minute$/)
  })

  it("with a key is told where the key holds, as Authorization may be any API's", () => {
    const { receiver, told } = receiving(apiKey({ key: secret }))
    expect(pass(receiver, { headers: ['Authorization', `Bearer ${secret}`] })).toBe(true)
    expect(pass(receiver, { headers: ['Authorization', 'Bearer of somebody else'] })).toBe(false)
    expect(told).toHaveLength(1)
    const { receiver: byFunction } = receiving(apiKey({ key: (_) => secret }))
    expect(pass(byFunction, { headers: ['Authorization', `Bearer ${secret}`] })).toBe(false)
  })

  it('is not told by a signature in Authorization, nor by one without headers', () => {
    const { receiver } = receiving(hmac({ header: 'Authorization', secret }))
    expect(pass(receiver, { headers: ['Authorization', signature] })).toBe(false)
    const { headers: _, ...scheme } = hmac({ header, secret })
    expect(pass(receiving(scheme).receiver)).toBe(false)
    const { keyMarks: __, ...unmarked } = apiKey({ header, key: secret })
    expect(pass(receiving(unmarked).receiver, { headers: [header, secret] })).toBe(false)
  })

  it('is not told where only another header that is signed is there', () => {
    const { receiver } = receiving(
      hmac({ header, secret, signs: [{ header: 'x-time', as: 'unix-seconds' }, { raw: 'body' }] }),
    )
    expect(pass(receiver, { headers: ['x-time', '1'] })).toBe(false)
  })

  it("goes its way where a scheme of anybody's fails, or the receiver is none of ours", () => {
    const scheme = hmac({ header, secret })
    let fails = false
    const { receiver } = receiving({
      ...scheme,
      check(headers) {
        if (fails) throw new Error('no check')
        return scheme.check(headers)
      },
    })
    fails = true
    expect(pass(receiver)).toBe(false)
    expect(passRequest({}, {}, { method: 'POST', url: '/', headers: fromRawHeaders([]) })).toBeUndefined()
  })
})
