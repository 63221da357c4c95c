import type { Random } from './random.ts'

/** Values that code of strangers may answer, and none that is a proof, an envelope, a payload or a claim. */
export function foreignValue(random: Random, depth = 0): unknown {
  return random.pick(depth > 2 ? plain : [...plain, ...objects, ...promises, ...traps])(random, depth + 1)
}

/** A call that answers or throws what a stranger's code may. */
export function misbehaving(random: Random): () => never {
  return () => (random.chance(0.3) ? throwing(foreignValue(random))() : foreignValue(random)) as never
}

/** Throws what is nobody's rejection but its own. */
export function throwing(value: unknown): () => never {
  if (value instanceof Promise) value.catch(() => {})
  return () => {
    throw value
  }
}

type Make = (random: Random, depth: number) => unknown

const words = [
  '',
  'ok',
  'true',
  'inbox-full',
  '__proto__',
  'constructor',
  'keyId',
  '\ud800',
  '\r\nSet-Cookie: a',
]
const codes = ['header-missing', 'key-unknown', 'signature-mismatch', 'envelope-invalid', 'header-mismatch']
const numbers = [0, -0, 1, -1, 1e300, -1e300, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]

/** Every object has a field that no proof has, and no type that is text. */
const mark = { ok: true }

const plain: readonly Make[] = [
  () => undefined,
  () => null,
  (random) => random.chance(0.5),
  (random) => random.pick([...numbers, random.float()]),
  (random) => BigInt(random.below(9)),
  () => Symbol('x'),
  (random) => random.pick(words),
  (random) => random.pick(codes),
  (random) => ({ code: random.pick(codes) }),
  (random) => 'x'.repeat(random.pick([1_000, 100_000])),
  (random) => random.bytes(random.below(40)),
  (random) => Buffer.alloc(random.pick([0, 100_000])),
  () => new Date(Number.NaN),
  () => new Error('x'),
  () => Object.create(null),
  () => () => ({ keyId: 'k' }),
]

const objects: readonly Make[] = [
  (random, depth) => [foreignValue(random, depth)],
  (random, depth) => ({ ...mark, keyId: foreignValue(random, depth) }),
  (random, depth) => ({ ...mark, keyId: 'k', tenant: foreignValue(random, depth) }),
  (random, depth) => ({
    ...mark,
    type: [foreignValue(random, depth)],
    idempotencyKey: foreignValue(random, depth),
  }),
  (random, depth) => ({ code: foreignValue(random, depth), error: foreignValue(random, depth) }),
  (random, depth) => ({ ...mark, kind: foreignValue(random, depth), header: foreignValue(random, depth) }),
  (random, depth) => ({ ...mark, issues: foreignValue(random, depth), status: foreignValue(random, depth) }),
  () => ({ ...mark, issues: Array.from({ length: 20_000 }, () => ({ message: 'x', path: [Symbol('x')] })) }),
  () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    return cycle
  },
  (random, depth) => new Error('x', { cause: foreignValue(random, depth) }),
  (random, depth) => new AggregateError([foreignValue(random, depth)], ''),
]

const promises: readonly Make[] = [
  (random, depth) => nested(Promise.resolve(foreignValue(random, depth)), depth),
  (random) => Promise.resolve(random.pick([{ keyId: 'k' }, { type: 'ping' }])),
  (random, depth) => nested(Promise.reject(foreignValue(random, depth)), depth),
  (random, depth) => {
    const reason = foreignValue(random, depth)
    return nested(new Promise((_, reject) => setImmediate(reject, reason)), depth)
  },
  (random) => Object.assign(Promise.resolve(), random.pick([{ keyId: 'k' }, { type: 'ping' }])),
  () => new Promise(() => {}),
  () => Object.defineProperty({ ...mark, keyId: 'k' }, 'then', { value: () => {} }),
  (random, depth) => {
    const reason = foreignValue(random, depth)
    const then = (_: unknown, reject: (reason: unknown) => void): void => (reject(reason), reject(reason))
    return Object.defineProperty({ ...mark }, 'then', { value: then })
  },
]

const traps: readonly Make[] = [
  (random, depth) =>
    Object.defineProperty({ ...mark }, 'then', { get: throwing(foreignValue(random, depth)) }),
  (random, depth) =>
    Object.defineProperty({ ...mark }, 'then', { value: throwing(foreignValue(random, depth)) }),
  (random, depth) => {
    const get = throwing(foreignValue(random, depth))
    const name = random.pick(['keyId', 'tenant', 'type', 'code', 'issues', 'status', 'header'])
    return Object.defineProperty({}, name, { enumerable: true, get })
  },
  (random, depth) => {
    const get = throwing(foreignValue(random, depth))
    const name = random.pick(['message', 'name', 'stack', 'cause'])
    return Object.defineProperty(new Error('x'), name, { get })
  },
  (random, depth) => {
    const trap = throwing(foreignValue(random, depth))
    const target = random.pick([{}, [], () => {}])
    return new Proxy(target, { get: trap, ownKeys: trap, has: trap, getPrototypeOf: trap, apply: trap })
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
