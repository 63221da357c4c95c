import { describe, expect, it } from 'vitest'
import { explain, hmac } from '../../src/index.ts'
import { thrownValues } from '../../src/testing/thrown-values.ts'
import { acme, bench, incoming, paid, secret, signed } from '../support/acme.ts'
import { answers, malformed, misconfigured, smallInbox, unavailable } from '../support/answers.ts'
import { schemeOf, wrongVerdicts } from '../support/schemes.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

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
        scheme: schemeOf({ check: verify, verify: () => ({ code: 'signature-mismatch' }) }),
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
      const { receiver, observations } = bench(
        { inbox: smallInbox() },
        { scheme: schemeOf({ verify: () => proof }) },
      )
      expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({ status: 200 })
      expect(observations[0]).toMatchObject({ type: 'accepted', keyId: 'k' })
    }
    const refusing = bench(
      { inbox: smallInbox() },
      { scheme: schemeOf({ verify: () => ({ code: 'key-unknown' }) }) },
    )
    expect(await refusing.receiver.receive(signed(paid))).toMatchObject({ status: 401, code: 'key-unknown' })
    const careful = bench(
      { inbox: smallInbox() },
      { scheme: schemeOf({ check: () => ({ code: 'header-missing' }) }) },
    )
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

  it('that names the header at fault wrongly is refused all the same, and nothing rejects', async () => {
    for (const header of Object.values(wrongVerdicts)) {
      const verify = () => ({ code: 'header-missing', header: header() })
      const { outcomes } = await answers({ scheme: schemeOf({ verify }) })
      for (const outcome of outcomes) expect([401, 500]).toContain(outcome.status)
    }
  })

  it('that fails is explained', async () => {
    const provider = acme({ scheme: schemeOf({ verify: () => false }) })
    expect(await explain(signed(paid), provider, { others: { other: provider } })).toMatchObject({
      kind: 'rejected',
      code: 'scheme-failed',
      findings: [{ kind: 'request-refused', detail: expect.stringContaining('answered boolean') }],
    })
  })
})

describe('a function of keys', () => {
  const schemeWith = (secretOf: () => unknown) =>
    hmac({ header: 'X-Acme-Signature', secret: ((_: unknown) => secretOf()) as never })

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
      [() => 7, 'must be text or bytes, not number'],
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
    'a code alone': () => 'envelope-invalid',
    'a code of another step': () => ({ code: 'signature-mismatch' }),
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

describe('the log', () => {
  it('says what an envelope answered, and the fields that it answers instead', async () => {
    const { lines } = await answers({ envelope: (() => false) as never })
    expect(lines[0]).toContain(
      'envelope() of the provider answered boolean. It answers { type, time, idempotencyKey }',
    )
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
    const odd = Object.defineProperty([1], 0, { get: () => expect.unreachable() })
    const answers: (() => unknown)[] = [
      () => expect.unreachable(),
      () => undefined,
      () => Promise.resolve([]),
      () => odd,
    ]
    for (const headers of [undefined, {}, ...answers.map((values) => ({ values }))]) {
      const request = { ...signed(paid), headers: headers as never }
      expect(await receiver.receive(request)).toMatchObject(misconfigured)
      expect(await receiver.handle(incoming(request))).toMatchObject(misconfigured)
    }
  })
})
