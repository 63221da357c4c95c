import { describe, expect, it } from 'vitest'
import { thrownValues } from '../src/contracts/thrown-values.ts'
import {
  type Clock,
  explain,
  hmac,
  memoryInbox,
  type Provider,
  type ReceiverOptions,
  systemClock,
} from '../src/index.ts'
import { checkClock } from '../src/lib/clock.ts'
import { type AcmeEvents, acme, bench, incoming, paid, secret, signed } from './support/acme.ts'
import { manualClock, settled } from './support/clock.ts'
import { schemeOf, wrongVerdicts } from './support/schemes.ts'
import { watchUnhandled } from './support/unhandled.ts'

watchUnhandled()

const misconfigured = { status: 500, body: '{"error":"misconfigured"}', kind: 'rejected' }
const unavailable = { status: 503, body: '{"error":"unavailable"}', kind: 'rejected' }
const malformed = { status: 400, body: '{"error":"malformed"}', kind: 'rejected' }

const handled = { ack: 'handled', inbox: undefined as never } as const
const smallInbox = () => memoryInbox({ maxIdentities: 10 })

/** What both ways into a receiver answer to an authentic request; no handler may run. */
async function answers(changes: Partial<Provider<AcmeEvents>>, options: ReceiverOptions<AcmeEvents> = {}) {
  const lines: string[] = []
  const silent = (): void => {}
  // Of the second refusal of its kind in a minute the line is `debug`.
  const note = (_: object, message: string): void => void lines.push(message)
  const { receiver } = bench(
    { inbox: smallInbox(), logger: { debug: note, info: silent, warn: silent, error: note }, ...options },
    changes,
  )
  receiver.on('*', () => expect.unreachable())
  const outcomes = [await receiver.handle(incoming(signed(paid))), await receiver.receive(signed(paid))]
  await settled()
  expect((await receiver.inbox?.stats())?.waiting ?? 0).toBe(0)
  return { outcomes, lines }
}

describe('a scheme by hand', () => {
  for (const [what, verify] of Object.entries(wrongVerdicts)) {
    it(`whose verify answers ${what} proves nothing: 500, no handler runs, and the log says so`, async () => {
      const { outcomes, lines } = await answers({ scheme: schemeOf({ verify }) })
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ ...misconfigured, code: 'scheme-failed' })
      expect(lines).toHaveLength(2)
    })

    it(`whose check answers ${what} lets nothing pass`, async () => {
      if (what === 'undefined') return
      const { outcomes, lines } = await answers({
        scheme: schemeOf({ check: verify, verify: () => 'signature-mismatch' }),
      })
      expect(outcomes[0]).toMatchObject({ ...misconfigured, code: 'scheme-failed' })
      expect(lines).toHaveLength(1)
    })
  }

  it('is told by the log which call answered what, and what it answers instead', async () => {
    const late = await answers({ scheme: schemeOf({ verify: async () => ({ keyId: 'k' }) }) })
    expect(late.lines[0]).toContain(
      "verify() of the scheme 'by-hand' answered a promise: it must answer at once",
    )
    const early = await answers({ scheme: schemeOf({ check: () => true }) })
    expect(early.lines[0]).toContain(
      "check() of the scheme 'by-hand' answered boolean. It answers undefined to go on",
    )
  })

  it('is believed when it answers exactly a key by name, or why there is none', async () => {
    for (const proof of [
      { keyId: 'k' },
      Object.freeze({ keyId: 'k' }),
      { keyId: 'k', tenant: undefined },
      { keyId: 'k', tenant: 'a' },
    ]) {
      const { receiver, signals } = bench(
        { inbox: smallInbox() },
        { scheme: schemeOf({ verify: () => proof }) },
      )
      expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({ status: 200 })
      expect(signals[0]).toMatchObject({ type: 'accepted', keyId: 'k' })
    }
    const refusing = bench({ inbox: smallInbox() }, { scheme: schemeOf({ verify: () => 'key-unknown' }) })
    expect(await refusing.receiver.receive(signed(paid))).toMatchObject({ status: 401, code: 'key-unknown' })
    const careful = bench({ inbox: smallInbox() }, { scheme: schemeOf({ check: () => 'header-missing' }) })
    expect(await careful.receiver.handle(incoming(signed(paid)))).toMatchObject({
      status: 401,
      code: 'header-missing',
    })
  })

  it('may say that its keys could not be had', async () => {
    const verify = () => ({ code: 'keys-failed', error: new Error('no vault') })
    const { outcomes, lines } = await answers({ scheme: schemeOf({ verify }) })
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ...unavailable, code: 'keys-failed' })
    expect(lines[0]).toContain('no vault')
  })

  it('that fails is explained', () => {
    const provider = acme({ scheme: schemeOf({ verify: () => false }) })
    const { code, findings } = explain(signed(paid), provider, { others: { other: provider } })
    expect(code).toBe('scheme-failed')
    expect(findings).toMatchObject([
      { kind: 'request-refused', detail: expect.stringContaining('answered boolean') },
    ])
  })
})

describe('a function of keys', () => {
  const schemeWith = (secretOf: () => unknown) =>
    hmac({ header: 'X-Acme-Signature', secret: secretOf as never })

  for (const [name, make] of Object.entries(thrownValues)) {
    it(`that throws ${name} is 503: its database may be back for the sender's next attempt`, async () => {
      const { outcomes, lines } = await answers({
        scheme: schemeWith(() => {
          throw make()
        }),
      })
      for (const outcome of outcomes) expect(outcome).toMatchObject({ ...unavailable, code: 'keys-failed' })
      expect(lines).toHaveLength(2)
    })
  }

  it('that gives what is no key is 500, and the log says what is wrong with it', async () => {
    const wrong: [() => unknown, string][] = [
      [() => 'short', 'shorter than 16 bytes'],
      [() => 7, 'must be text or bytes, not 7'],
      [() => [], 'the list or map is empty'],
      [() => false, 'not boolean'],
      [async () => secret, 'answered a promise: it must answer at once'],
      [() => Promise.reject(new Error('away')), 'answered a promise: it must answer at once'],
    ]
    for (const [secretOf, reason] of wrong) {
      const { outcomes, lines } = await answers({ scheme: schemeWith(secretOf) })
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ ...misconfigured, code: 'scheme-failed' })
      expect(lines.join()).toContain(reason)
    }
  })

  it('that knows no key for the request is 401, as a bad signature is', async () => {
    for (const none of [undefined, null]) {
      const { outcomes } = await answers({ scheme: schemeWith(() => none) })
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 401, code: 'key-unknown' })
    }
  })
})

describe('an envelope by hand', () => {
  const wrong: Record<string, () => unknown> = {
    undefined: () => undefined,
    null: () => null,
    false: () => false,
    'an unknown word': () => 'ok',
    'a word of another step': () => 'signature-mismatch',
    'a promise': async () => ({ type: 'order.paid' }),
    'a promise that rejects': () => Promise.reject(new Error('no')),
    'a type that throws when it is read': () =>
      Object.defineProperty({}, 'type', { get: () => expect.unreachable() }),
    ...Object.fromEntries(
      Object.entries(thrownValues).map(([name, make]) => [
        `nothing, but throws ${name}`,
        () => {
          throw make()
        },
      ]),
    ),
  }

  for (const [what, envelope] of Object.entries(wrong)) {
    it(`that answers ${what} is 400, no handler runs, and the log says so`, async () => {
      const { outcomes, lines } = await answers({ envelope: envelope as never })
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ ...malformed, code: 'envelope-invalid' })
      expect(lines).toHaveLength(2)
    })
  }
})

describe('a clock that fails', () => {
  const broken: Record<string, Partial<Record<keyof Clock, unknown>>> = {
    'has no time': { now: () => Number.NaN },
    'throws for the time': { now: () => expect.unreachable() },
    'answers a date for the time': { now: () => new Date() },
    'has no steady time': { monotonic: () => undefined },
    'throws for the steady time': { monotonic: () => expect.unreachable() },
  }

  for (const [what, calls] of Object.entries(broken)) {
    it(`because it ${what} is 500, in either level, and nothing rejects`, async () => {
      for (const options of [{}, handled]) {
        const clock = { ...manualClock(), ...calls } as Clock
        const { outcomes, lines } = await answers({}, { clock, ...options })
        for (const outcome of outcomes)
          expect(outcome).toMatchObject({ ...misconfigured, code: 'receiver-failed' })
        expect(lines).toHaveLength(2)
      }
    })
  }

  it('to schedule leaves the deadlines to this machine', async () => {
    const clock = { ...systemClock, schedule: () => expect.unreachable() }
    let ran = 0
    const { receiver } = bench(
      { clock, ...handled, freshness: { pastMs: 7 * 86_400_000 } },
      { time: undefined as never },
    )
    receiver.on('order.paid', async () => {
      ran++
      throw new Error('no')
    })
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({
      status: 500,
      code: 'handler-failed',
    })
    expect(ran).toBe(1)
  })

  it('after the handlers failed takes nothing with it', async () => {
    let fails = false
    const inner = manualClock()
    const monotonic = () => (fails ? Number.NaN : inner.monotonic())
    const { receiver } = bench({ clock: { ...inner, monotonic }, ...handled })
    receiver.on('order.paid', () => {
      fails = true
      throw new Error('no')
    })
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject(misconfigured)
    await settled()
  })

  it('cancels what it can', () => {
    const cancelled: string[] = []
    const { schedule } = checkClock({ ...systemClock, schedule: () => () => void cancelled.push('a') })
    schedule(1, () => {})()
    const vague = checkClock({ ...systemClock, schedule: () => undefined as never })
    vague.schedule(1, () => {})()
    expect(cancelled).toEqual(['a'])
  })
})

describe('what an adapter or an inbox by hand does wrong', () => {
  it('with a body is 500, and nothing rejects', async () => {
    const reads: (() => unknown)[] = [
      () => expect.unreachable(),
      () => Promise.reject(null),
      () => undefined,
      () => 'text',
      () => ({}),
    ]
    for (const read of reads) {
      const { receiver } = bench({ inbox: smallInbox() })
      receiver.on('*', () => expect.unreachable())
      expect(await receiver.handle(incoming(signed(paid), { read: read as never }))).toMatchObject({
        ...misconfigured,
        code: 'receiver-failed',
      })
    }
  })

  it('with headers is 500, and nothing throws', async () => {
    const { receiver } = bench({ inbox: smallInbox() })
    for (const headers of [undefined, {}, { values: () => expect.unreachable() }]) {
      const request = { ...signed(paid), headers: headers as never }
      expect(await receiver.receive(request)).toMatchObject(misconfigured)
      expect(await receiver.handle(incoming(request))).toMatchObject(misconfigured)
    }
  })
})
