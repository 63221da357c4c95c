import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createReceiver,
  defineProvider,
  type Inbox,
  memoryInbox,
  type ReceiverOptions,
} from '../../src/index.ts'
import { type AcmeEvents, acme, bench } from '../support/acme.ts'

// A copy of its own: other tests of this process may have had their warning. Loaded in no test, which would else be taken
// for the one that judges what core evaluates when it loads.
vi.resetModules()
const place = Symbol.for('acuse.process-wide')
const shared: unknown = Reflect.get(globalThis, place)
Reflect.deleteProperty(globalThis, place)
const fresh = await import('../../src/index.ts')
Reflect.set(globalThis, place, shared)

const bad: [string, object, RegExp][] = [
  ['an unknown option', { secert: 1 }, /no option 'secert'. It has: on, onUnknown/],
  ['a path without a slash', { path: 'hooks' }, /path must start with '\/'/],
  ['a path with a parameter', { path: '/t/:tenant/hook' }, /mount the webhooks at the pattern/],
  ['a path with a wildcard', { path: '/hooks/*' }, /mount the webhooks at the pattern/],
  ['a path with a query', { path: '/hooks?x=1' }, /path/],
  ['a path that is no text', { path: 7 }, /path/],
  ['an observer that is no function', { observer: {} }, /observer must be a function/],
  ['a logger without levels', { logger: { info: () => {} } }, /logger.debug must be a function/],
  ['an inbox that is none', { inbox: 'webhooks.db' }, /inbox must be an Inbox/],
  ['null for an inbox', { inbox: null }, /inbox must be an Inbox/],
  ['a timestamp tolerance that is a number', { tolerance: 300 }, /tolerance must be an object, not 300/],
  [
    'a timestamp tolerance with a misspelt bound',
    { tolerance: { past: 1 } },
    /tolerance has no option 'past'/,
  ],
  [
    'a window into the past of 0',
    { tolerance: { pastMs: 0 } },
    /tolerance.pastMs must be a whole number from 1000/,
  ],
  ['a window that is not a number', { tolerance: { futureMs: Number.NaN } }, /tolerance.futureMs/],
  ['a window of a year', { tolerance: { pastMs: 365 * 86_400_000 } }, /tolerance.pastMs/],
  ['no body at all', { maxBodyBytes: 0 }, /maxBodyBytes/],
  ['a body of a gigabyte', { maxBodyBytes: 2 ** 30 }, /maxBodyBytes/],
  ['an answer after 30 s', { ackTimeoutMs: 30_001 }, /ackTimeoutMs/],
  [
    'a body that takes longer than the answer',
    { bodyTimeoutMs: 5_000 },
    /bodyTimeoutMs must be a whole number from 1 to 4500/,
  ],
  [
    'an inbox that takes longer than the answer',
    { acceptTimeoutMs: 200, ackTimeoutMs: 100 },
    /acceptTimeoutMs/,
  ],
  ['no concurrency', { concurrency: 0 }, /concurrency/],
  ['text for a number', { concurrency: '10' }, /concurrency must be a whole number .* not string/],
  ['retries that are a number', { retry: 3 }, /retry must be an object/],
]

afterEach(() => {
  vi.restoreAllMocks()
})

describe('createReceiver', () => {
  it.each(bad)('does not construct with %s', (_, options, message) => {
    const construct = () =>
      createReceiver(acme(), { inbox: memoryInbox(), ...options } as ReceiverOptions<AcmeEvents>)
    expect(construct).toThrow(message)
    expect(construct).toThrow(TypeError)
  })

  it('does not construct with an inbox that forgets sooner than a replay is stale', () => {
    const inboxOf = (retentionMs: number): Inbox => Object.assign(memoryInbox(), { retentionMs })
    expect(() => bench({ inbox: inboxOf(359_999) })).toThrow(
      /remembers idempotency keys for 359999 ms, less than the 360000 ms/,
    )
    expect(() => bench({ inbox: inboxOf(360_000) })).not.toThrow()
  })

  it('does not construct with an inbox that another receiver of the endpoint consumes', () => {
    const inbox = memoryInbox()
    bench({ inbox })
    expect(() => bench({ inbox })).toThrow(
      "'acme' is consumed already: give each receiver an endpoint of its own",
    )
  })

  it('shrinks the default deadlines with the budget', () => {
    expect(() => bench({ ackTimeoutMs: 100 })).not.toThrow()
    expect(() => bench({ ackTimeoutMs: 100, bodyTimeoutMs: 100, acceptTimeoutMs: 100 })).not.toThrow()
  })

  it('says once in a process warning that the default inbox is volatile; memoryInbox() says that it is meant', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    fresh.createReceiver(acme(), { inbox: fresh.memoryInbox() })
    expect(warned).not.toHaveBeenCalled()
    fresh.createReceiver(acme())
    fresh.createReceiver(acme())
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('a crash loses'),
      'AcuseWarning',
      'ACUSE_VOLATILE_INBOX',
    )
  })
})

describe('defineProvider', () => {
  it('freezes what it is given, and leaves its argument alone', () => {
    const definition = { ...acme() }
    const provider = defineProvider(definition)
    expect(Object.isFrozen(provider)).toBe(true)
    expect(Object.isFrozen(definition)).toBe(false)
  })

  it('refuses names and paths that cannot be used', () => {
    for (const name of ['', 'Acme', 'a b', '1a', 'a:b'])
      expect(() => acme({ name }), name).toThrow(/provider.name/)
    for (const path of ['', 'x', '/a b', '/a#b', '/a?b'])
      expect(() => acme({ path }), path).toThrow(/provider.path/)
  })
})
