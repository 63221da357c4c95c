import { describe, expect, it } from 'vitest'
import {
  apiKey,
  createReceiver,
  lruDedupe,
  memoryInbox,
  type Provider,
  type ReceiverOptions,
} from '../../src/index.ts'
import { checkAdapterOptions } from '../../src/receiver/check-options.ts'
import { type AcmeEvents, acme, bench, secret } from '../support/acme.ts'
import { smallInbox } from '../support/answers.ts'

const construct = (options: object, changes: Partial<Provider<AcmeEvents>> = {}) => {
  return () => createReceiver(acme(changes), options as ReceiverOptions<AcmeEvents>)
}
const accepted = (options: object, changes?: Partial<Provider<AcmeEvents>>) =>
  construct({ inbox: smallInbox(), ...options }, changes)
const handled = (options: object) => construct({ ack: 'handled', ...options })
const stores = "ack: 'handled' stores nothing. Leave out one of the two"
const dayMs = 86_400_000

describe('an option of a receiver', () => {
  it.each<[string, () => unknown, string]>([
    ['ack', construct({ ack: 'later' }), "ack must be 'accepted' or 'handled'"],
    ['onStale', accepted({ onStale: 'drop' }), "onStale must be 'refuse' or 'keep'"],
    ['handle', accepted({ handle: 'some' }), "handle must be 'registered' or 'all'"],
    [
      'endpoint',
      accepted({ endpoint: 'A b' }),
      "endpoint must be lower-case letters, digits and hyphens, such as 'redcumbre'",
    ],
    ['inbox', handled({ inbox: smallInbox() }), `inbox needs ack: 'accepted', the default; ${stores}`],
    ['work', handled({ work: false }), `work needs an inbox, which another process works on; ${stores}`],
    [
      'retry',
      handled({ retry: {} }),
      `retry needs an inbox, which tries again; ${stores}: the sender retries`,
    ],
    [
      'orderingKey',
      handled({ orderingKey: () => '' }),
      `orderingKey needs an inbox, in which deliveries wait; ${stores}`,
    ],
    ['onStale', handled({ onStale: 'keep' }), `onStale needs an inbox, which has dead letters; ${stores}`],
    [
      'dedupe',
      accepted({ dedupe: lruDedupe() }),
      "dedupe needs ack: 'handled'; an inbox takes it as memoryInbox({ dedupe })",
    ],
    [
      'leaseMs',
      accepted({ leaseMs: 1_000 }),
      "leaseMs needs ack: 'handled'; an inbox has leases of its own. Leave it out",
    ],
    [
      'respond',
      accepted({ respond: {} }),
      "respond needs ack: 'handled': else the answer does not wait for handlers",
    ],
    [
      'work: false',
      construct({ work: false }),
      'work: false needs the option inbox: nobody else can handle what this process has in memory. Give it a durable one, on which another process works',
    ],
    [
      'orderingKey beside an inbox without order',
      construct({ orderingKey: () => 'a', inbox: Object.assign(memoryInbox(), { ordered: false }) }),
      'orderingKey needs an inbox that keeps order (its `ordered` is true): this one does not',
    ],
    [
      'maxBytesInFlight',
      accepted({ maxBytesInFlight: 999, maxBodyBytes: 1_000 }),
      'maxBytesInFlight (999) must not be less than maxBodyBytes (1000): such a body could never be read',
    ],
    [
      'tolerance.pastMs',
      accepted({ tolerance: { pastMs: 1_999 } }, { limits: { retriesForMs: 2_000 } }),
      'tolerance.pastMs (1999) must not be less than the 2000 ms for which acme retries: its last attempt would be stale',
    ],
    [
      'keepHeaders',
      accepted({ keepHeaders: 'x-id' }),
      "keepHeaders must list names of headers, such as 'x-request-id'; wrong: not a list",
    ],
    [
      'keepHeaders with what is no name',
      accepted({ keepHeaders: ['x-id', 'x id'] }),
      "keepHeaders must list names of headers, such as 'x-request-id'; wrong: x id",
    ],
    [
      'keepHeaders with what is no text',
      accepted({ keepHeaders: [7] }),
      "keepHeaders must list names of headers, such as 'x-request-id'; wrong: 7",
    ],
    ...['authorization', 'Proxy-Authorization', 'COOKIE'].map((name): [string, () => unknown, string] => [
      `keepHeaders with ${name}`,
      accepted({ keepHeaders: ['x-id', name] }),
      `keepHeaders would store credentials with every delivery: leave out '${name.toLowerCase()}'`,
    ]),
    [
      'keepHeaders with the header of the key',
      accepted({ keepHeaders: ['X-Key'] }, { scheme: apiKey({ key: secret, header: 'x-key' }) }),
      "keepHeaders would store credentials with every delivery: leave out 'x-key'",
    ],
    [
      'keepHeaders where nobody says which header carries the key',
      accepted(
        { keepHeaders: ['x-id'] },
        { scheme: { ...apiKey({ key: secret }), name: 'by-hand', headers: undefined as never } },
      ),
      "keepHeaders needs to know which header carries the key: list it in 'headers' of the scheme 'by-hand'",
    ],
  ])('is refused with the remedy: %s', (_, make, message) => {
    expect(make).toThrow(new TypeError(message))
  })

  it.each<[string, number, number, (options: object) => () => unknown]>([
    ['ackTimeoutMs', 1, 30_000, accepted],
    ['closeTimeoutMs', 0, dayMs, accepted],
    ['maxBodyBytes', 1, 64 * 2 ** 20, accepted],
    ['maxBytesInFlight', 2 ** 20, 2 ** 40, accepted],
    ['handlerTimeoutMs', 1, dayMs, accepted],
    ['maxPayloadValues', 1, 1e8, accepted],
    ['bodyTimeoutMs', 1, 4_500, accepted],
    ['acceptTimeoutMs', 1, 4_500, accepted],
    ['concurrency', 1, 10_000, accepted],
    ['concurrency', 1, 10_000, handled],
    ['leaseMs', 100, dayMs, handled],
  ])('%s may be from %i to %i', (name, least, most, of) => {
    for (const fine of [least, most]) expect(of({ [name]: fine }), `${fine}`).not.toThrow()
    for (const wrong of [least - 1, most + 1])
      expect(of({ [name]: wrong }), `${wrong}`).toThrow(new RegExp(`^${name}.*not (be )?`))
  })

  it('may be headers to keep, in any case, beside those that the proof is read from', () => {
    const names = { keepHeaders: ['X-Request-Id', 'x-acme-signature'] }
    expect(accepted(names)).not.toThrow()
    expect(accepted({ keepHeaders: [] }, { scheme: apiKey({ key: secret }) })).not.toThrow()
    expect(accepted({ keepHeaders: ['x-id'] }, { scheme: apiKey({ key: secret }) })).not.toThrow()
    const silent = { headers: undefined as never }
    expect(accepted({ keepHeaders: [] }, { scheme: { ...apiKey({ key: secret }), ...silent } })).not.toThrow()
    expect(accepted({ keepHeaders: ['x-id'] }, { scheme: { ...acme().scheme, ...silent } })).not.toThrow()
  })

  it('of an adapter is refused where neither has it, with those that both have', () => {
    expect(() => checkAdapterOptions('options', { waitUntill: 1 }, ['waitUntil'])).toThrow(
      "options has no option 'waitUntill'. Did you mean 'waitUntil'? It has: waitUntil, on, onUnknown, ",
    )
    expect(() => checkAdapterOptions('options', { waitUntil: 1, on: {} }, ['waitUntil'])).not.toThrow()
  })

  it('that leaves respond() or work() without a use has each refused, with the remedy', () => {
    expect(() => bench().receiver.respond('order.paid', () => ({}))).toThrow(
      new TypeError("respond needs ack: 'handled': else the answer does not wait for handlers"),
    )
    expect(() => bench({ work: false, inbox: smallInbox() }).receiver.work()).toThrow(
      new TypeError('work() in a receiver with work: false, which only accepts: leave one of them out'),
    )
  })
})
