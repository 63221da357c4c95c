import type { Random } from './random.ts'

/** Values that code of strangers may answer, and none that is a proof or an envelope. */
export function foreignValue(random: Random, depth = 0): unknown {
  return random.pick(depth > 2 ? plain : [...plain, ...odd])(random, depth + 1)
}

type Make = (random: Random, depth: number) => unknown

const words = ['', 'ok', 'true', 'accepted', 'inbox-full', '__proto__', 'constructor', 'keyId', '\ud800']
const codes = ['header-missing', 'key-unknown', 'signature-mismatch', 'envelope-invalid', 'header-mismatch']

/** Every object has a field that no proof has, and no type that is text. */
const mark = { ok: true }

const plain: readonly Make[] = [
  () => undefined,
  () => null,
  (random) => random.chance(0.5),
  (random) => random.pick([0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, random.float()]),
  (random) => BigInt(random.below(9)),
  () => Symbol('x'),
  (random) => random.pick(words),
  (random) => random.pick(codes),
  (random) => random.bytes(random.below(40)),
  () => new Date(Number.NaN),
  () => new Error('x'),
  () => Object.create(null),
  () => () => ({ keyId: 'k' }),
]

const odd: readonly Make[] = [
  (random, depth) => [foreignValue(random, depth)],
  (random, depth) => ({ ...mark, keyId: foreignValue(random, depth) }),
  (random, depth) => ({ ...mark, keyId: 'k', tenant: foreignValue(random, depth) }),
  (random, depth) => ({
    ...mark,
    type: [foreignValue(random, depth)],
    identity: foreignValue(random, depth),
  }),
  (random, depth) => ({ code: foreignValue(random, depth), error: foreignValue(random, depth) }),
  (random, depth) => ({ ...mark, kind: foreignValue(random, depth), header: foreignValue(random, depth) }),
  (random, depth) => nested(Promise.resolve(foreignValue(random, depth)), depth),
  (random) => Promise.resolve(random.pick([{ keyId: 'k' }, { type: 'ping' }])),
  (random, depth) => nested(Promise.reject(foreignValue(random, depth)), depth),
  (random) => Object.assign(Promise.resolve(), random.pick([{ keyId: 'k' }, { type: 'ping' }])),
  (random, depth) =>
    Object.defineProperty({ ...mark }, 'then', { get: throwing(foreignValue(random, depth)) }),
  (random, depth) =>
    Object.defineProperty({ ...mark }, 'then', { value: throwing(foreignValue(random, depth)) }),
  () => Object.defineProperty({ ...mark, keyId: 'k' }, 'then', { value: () => {} }),
  (random, depth) => {
    const get = throwing(foreignValue(random, depth))
    return Object.defineProperty({}, random.pick(['keyId', 'tenant', 'type', 'code']), {
      enumerable: true,
      get,
    })
  },
  (random, depth) => {
    const trap = throwing(foreignValue(random, depth))
    return new Proxy({}, { get: trap, ownKeys: trap, has: trap, getPrototypeOf: trap })
  },
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
]

/** Inside of another value a promise is nobody's to handle. */
function nested(promise: Promise<unknown>, depth: number): Promise<unknown> {
  if (depth > 1) promise.catch(() => {})
  return promise
}

/** Throws what is nobody's rejection but its own. */
export function throwing(value: unknown): () => never {
  if (value instanceof Promise) value.catch(() => {})
  return () => {
    throw value
  }
}
