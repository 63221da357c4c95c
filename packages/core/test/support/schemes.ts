import type { Scheme } from '../../src/index.ts'

const throws = (error: unknown) => (): never => {
  throw error
}

/** Answers of a careless `verify`; none of them is proof, and none says why not. */
export const wrongVerdicts: Readonly<Record<string, () => unknown>> = {
  true: () => true,
  false: () => false,
  zero: () => 0,
  one: () => 1,
  NaN: () => Number.NaN,
  'a big number': () => 1n,
  undefined: () => undefined,
  null: () => null,
  'an empty text': () => '',
  'an unknown word': () => 'ok',
  'the word of another step': () => 'inbox-full',
  'a code alone': () => 'signature-mismatch',
  'the code of another step': () => ({ code: 'inbox-full' }),
  'a code without a meaning': () => ({ code: true }),
  'a promise with a code': () => Object.assign(Promise.resolve(), { code: 'signature-mismatch' }),
  'a symbol': () => Symbol('ok'),
  'a function': () => () => ({ keyId: 'k' }),
  'an empty object': () => ({}),
  '{ ok: true }': () => ({ ok: true }),
  '{ ok: false }': () => ({ ok: false }),
  '{ ok: false } beside a key': () => ({ ok: false, keyId: 'k' }),
  'a key that is a number': () => ({ keyId: 7 }),
  'a key that is undefined': () => ({ keyId: undefined }),
  'a key without a name': () => ({ keyId: '' }),
  'a tenant that is no text': () => ({ keyId: 'k', tenant: 7 }),
  'a list': () => ['k'],
  'an error': () => new Error('no'),
  'a word that is an object': () => new String('signature-mismatch'),
  'a code that is an object': () => ({ code: new String('signature-mismatch') }),
  'a promise of proof': () => Promise.resolve({ keyId: 'k' }),
  'a promise of false': () => Promise.resolve(false),
  'a promise with a key': () => Object.assign(Promise.resolve(), { keyId: 'k' }),
  'a promise that rejects': () => Promise.reject(new Error('no')),
  'a thenable that throws': () =>
    Object.defineProperty({ keyId: 'k' }, 'then', { value: throws(new Error('no')) }),
  'a key that throws when it is read': () =>
    Object.defineProperty({}, 'keyId', { enumerable: true, get: throws(null) }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'nothing, but throws an error': throws(new Error('no')),
  'nothing, but throws undefined': throws(undefined),
  'nothing, but throws null': throws(null),
  'nothing, but throws an object without a prototype': throws(Object.create(null)),
}

/** A scheme as somebody may write one by hand. */
export function schemeOf(changes: Partial<Record<keyof Scheme, unknown>> = {}): Scheme {
  return {
    name: 'by-hand',
    signs: [{ raw: 'body' }],
    check: () => undefined,
    verify: () => ({ keyId: 'k' }),
    diagnose: () => [],
    ...changes,
  } as Scheme
}
