import { describe, expect, it } from 'vitest'
import { apiKey, defineProvider, hmac, type Provider, type Scheme, type Secrets } from '../../src/index.ts'
import { raised } from '../../src/lib/repeated-delivery.ts'
import { flipBit } from '../../src/testing/captured.ts'
import { type ContractCase, type ProviderSubject, providerContract } from '../../src/testing/index.ts'
import { assertNotNew } from '../../src/testing/provider-bench.ts'
import { schemeOf } from '../support/schemes.ts'

const secrets = ['a-secret-of-more-than-sixteen-bytes', 'another-of-more-than-sixteen-bytes'] as const
const at = new Date('2026-11-25T19:00:00.000Z')

/** A provider that states as little as one can. */
function plain(scheme: Scheme, changes: Partial<Provider<object>> = {}): Provider<object> {
  return defineProvider<object>({
    name: 'plain',
    path: '/webhooks/plain',
    scheme,
    eventRules: [{ type: [{ body: 'type' }] }],
    ...changes,
  })
}

const signed = (secret: Secrets): Provider<object> => plain(hmac({ header: 'x-signature', secret }))

function caseOf(cases: readonly ContractCase[], start: string): ContractCase {
  const found = cases.find(({ name }) => name.startsWith(start))
  if (found === undefined) throw new Error(`No case starts with '${start}'`)
  return found
}

const reasonsOf = (provider: (secret: Secrets) => Provider<object>) =>
  Object.fromEntries(
    providerContract<string>({ provider, secrets }).flatMap(({ needs, leftOut }) =>
      needs.flatMap((need) => (leftOut === undefined ? [] : [[need, leftOut]])),
    ),
  )

describe('providerContract', () => {
  it.each<[string, object, string]>([
    ['an unknown option', { secret: 'x' }, "has no option 'secret'"],
    ['no provider', { provider: undefined }, 'provider must be a function'],
    ['no secrets', { secrets: undefined }, 'secrets must be a list'],
    ['one secret', { secrets: [secrets[0]] }, 'secrets must list two keys: the one in use, and another'],
    [
      'a provider that cannot sign',
      { provider: () => plain(schemeOf()) },
      'plain cannot sign with its secret. Where it takes public keys, have the option sender make it with a private one',
    ],
  ])('refuses %s', (_, changes, message) => {
    const subject = { provider: signed, secrets, ...changes } as ProviderSubject<string>
    expect(() => providerContract(subject)).toThrow(TypeError)
    expect(() => providerContract(subject)).toThrow(message)
  })

  it('leaves out what the data state no need for, and what it is told to, with the reason', async () => {
    expect(reasonsOf(signed)).toEqual({
      parameters: 'its scheme proves no parameter of the query',
      time: 'it states no time',
      volatile: 'it states no volatile fields',
      batch: 'it states no items: each request is one event',
      handshakes: 'it states no handshakes',
      guard: 'no handshake of it needs a proof',
    })
    const time = { format: 'unix-ms', of: 'event', required: true } as const
    const value = { body: 'at' } as const
    const keyed = (of: Partial<Provider<object>>) => (key: Secrets) => plain(apiKey({ key, query: 'k' }), of)
    expect(reasonsOf(keyed({ time: { ...time, value } }))).toMatchObject({
      signature: 'its scheme signs nothing: whoever has the key can say anything',
      headers: 'its proof is in no header',
      time: 'nobody signs its time',
    })
    const optional = { ...time, value, required: false }
    expect(reasonsOf((secret) => plain(signed(secret).scheme, { time: optional }))['time']).toBe(
      'what it sends may state no time',
    )
    const told = caseOf(
      providerContract<string>({ provider: signed, secrets }, { rotation: 'it has one' }),
      'takes what',
    )
    expect(told.leftOut).toBe('it has one')
    await expect(told.run()).rejects.toThrow('It is left out: it has one')
  })

  it('runs samples of its own, where the provider has none', async () => {
    const start = 'runs each of its samples once'
    await expect(
      caseOf(providerContract<string>({ provider: signed, secrets }), start).run(),
    ).rejects.toThrow('plain has no samples: state provider.sending.samples, or give the option samples')
    const samples = { 'order.paid': { type: 'order.paid' } }
    await caseOf(providerContract<string>({ provider: signed, secrets, samples }), start).run()
    // Nothing makes it another event at another time.
    const two = caseOf(providerContract<string>({ provider: signed, secrets, samples }), 'takes two events')
    await expect(two.run()).rejects.toThrow(
      'order.paid, stamped a second later: must be accepted, not duplicate',
    )
  })

  it('needs a sample that is a batch, where the provider takes batches', async () => {
    const batches = (secret: Secrets): Provider<object> => ({ ...signed(secret), items: 'events.*' })
    const samples = { 'order.paid': { type: 'order.paid' } }
    const twice = caseOf(
      providerContract<string>({ provider: batches, secrets, samples }),
      'runs an event once',
    )
    await expect(twice.run()).rejects.toThrow(
      'The sample has no list at events: have sending.encode put the payload in one',
    )
  })

  it('looks for the headers that a scheme by hand signs, where it lists none that carry its proof', async () => {
    const samples = { 'order.paid': { type: 'order.paid' } }
    const provider = (secret: Secrets): Provider<object> => {
      const { headers: _, ...scheme } = hmac({
        header: 'x-signature',
        secret,
        signs: [{ header: 'X-Id', as: 'id' }, { raw: 'body' }],
      })
      return plain(scheme)
    }
    const cases = providerContract<string>({ provider, secrets, samples })
    expect(caseOf(cases, 'refuses each change of one bit of a header').leftOut).toBeUndefined()
    await caseOf(cases, 'refuses a request without').run()
  })
})

describe('raised', () => {
  it('makes counters higher, times later, as they were written, and everything else another', () => {
    const payload = {
      count: 1,
      seconds: 1_795_633_156,
      ms: 1_795_633_156_980,
      text: '1795633156',
      textMs: '1795633156980',
      date: '2026-11-25T18:59:16.980Z',
      flag: true,
      word: 'first',
      none: null,
    }
    expect(raised(payload, [...Object.keys(payload), 'missing.field'], at)).toEqual({
      count: 2,
      seconds: 1_795_633_200,
      ms: 1_795_633_200_000,
      text: '1795633200',
      textMs: '1795633200000',
      date: '2026-11-25T19:00:00.000Z',
      flag: false,
      word: 'first1',
      none: 1,
      missing: { field: 1 },
    })
  })
})

describe('what a case looks at', () => {
  it('takes an answer that keys cannot be had for none that is new', () => {
    const rejected = { kind: 'rejected', status: 503, headers: {}, body: '', close: false } as const
    expect(() => assertNotNew({ ...rejected, code: 'keys-failed' }, 'a request')).not.toThrow()
    expect(() => assertNotNew({ ...rejected, code: 'inbox-full' }, 'a request')).toThrow(
      'a request: must be a duplicate, or refused, not 503 inbox-full',
    )
  })

  it('flips one bit', () => {
    expect([...flipBit(Uint8Array.of(0, 1), 8)]).toEqual([0, 0])
  })
})
