/** Anything can be thrown, and reading it can throw again: each of these makes it, by name. */
export const thrownValues: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'an empty text': () => '',
  'a symbol': () => Symbol('thrown'),
  'a bigint': () => 1n,
  'a function': () => () => {},
  'an object without a prototype': () => Object.assign(Object.create(null), { error: 'invalid_grant' }),
  'an object whose toString is no function': () => ({ toString: 1, valueOf: 1 }),
  'an object that cannot be printed': () => ({ toString: fail }),
  'an error whose message throws': () => withGetter('message'),
  'an error whose name throws': () => withGetter('name'),
  'an error whose stack throws': () => withGetter('stack'),
  'an error whose cause throws': () => withGetter('cause'),
  'an error whose message is a symbol': () => Object.assign(new Error('x'), { message: Symbol('m') }),
  'an error whose name is a symbol': () => Object.assign(new Error('x'), { name: Symbol('n') }),
  'an error whose stack is an object': () => Object.assign(new Error('x'), { stack: {} }),
  'an error that is its own cause': () => {
    const error = new Error('circular')
    return Object.assign(error, { cause: error })
  },
  'an error of ten million characters': () => new Error('x'.repeat(10_000_000)),
  'an error with half a character and a NUL': () => new Error('\ud83d \u0000 after'),
  'a proxy whose every trap throws': () =>
    new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
}

function withGetter(name: string): Error {
  return Object.defineProperty(new Error('x'), name, { get: fail })
}

function fail(): never {
  throw new Error('reading it throws')
}
