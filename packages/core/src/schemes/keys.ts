import { BoundedMap } from '../lib/bounded-map.ts'
import { checkEngine } from '../lib/check-engine.ts'
import { disregard } from '../lib/fence.ts'
import { isPromiseLike } from '../lib/options.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { Authentic, NotJudged, NotProven, PrepareOptions, Scheme } from '../model/scheme.ts'
import { askAll, LateKeys } from './late-keys.ts'

/** A request without its body: what a function of keys may look at. Nothing in it is authentic yet. */
export type RequestHead = Omit<WebhookRequest, 'body'>

/**
 * One key, or several while one replaces another: a list, or a map whose names tell which one matched, such
 * as `{ current, next }`. A name may have a list, too. At most 10, tried in order.
 */
export type KeyChoice<Key> = Key | readonly Key[] | { readonly [keyId: string]: Key | readonly Key[] }

/**
 * Keys, or functions that give them: `() => process.env.ACME_SECRET`, `async () => vault.read('acme')`, or
 * `{ current: () => …, next: () => … }`. A function without a parameter is asked when the first request comes, or by `work()`;
 * what it gives is checked, and kept for as long as the process lives. A build that imports the module needs no secret.
 * While it throws, or gives nothing that can be used, requests are `keys-failed`, 503, and the log says why; of several, each
 * must give one.
 *
 * A function **with a parameter** finds keys by the head of each request, for many tenants: by path or by header. It
 * must answer at once; `undefined` for an unknown tenant, which is answered as a bad signature is. One that
 * throws is `keys-failed`, 503; what cannot be a key is `scheme-failed`, 500. A wrapped one, such as `(...given) => …`, has no
 * parameter to be seen: `(request) => wrapped(request)`.
 *
 * Such a function's key is a tenant's: part of every idempotency key, so that nobody's events meet another's. Name it,
 * `{ [tenant]: key }` or `{ [tenant]: [current, next] }`, and handlers find the name in `context.keyId`; each name of a map
 * is a tenant of its own. Without a name the first key stands for the tenant: a retry that is signed with the next one is
 * another event.
 */
export type Keys<Key> =
  | KeyChoice<Key>
  | (() => Awaitable<KeyChoice<Key> | undefined>)
  | readonly (Key | (() => Awaitable<Key | undefined>))[]
  | {
      /** A key or several of a name, or a function that gives them. */
      readonly [keyId: string]: Key | readonly Key[] | (() => Awaitable<Key | readonly Key[] | undefined>)
    }
  | ((request: RequestHead) => KeyChoice<Key> | undefined)

/** A parsed key and its name. */
export interface NamedKey<Parsed> {
  readonly id: string
  readonly key: Parsed
  /** Whose it is, where a function chose it. */
  readonly tenant?: string | undefined
}

/** The proof that a key gives. */
export function toAuthentic({ id, tenant }: NamedKey<unknown>): Authentic {
  // Not enumerable: nothing that prints a proof shows what stands for a key.
  return tenant === undefined
    ? { keyId: id }
    : Object.defineProperty({ keyId: id }, 'tenant', { value: tenant })
}

/** No key matches. */
export const signatureMismatch: NotProven = Object.freeze({ code: 'signature-mismatch' })

/** How a scheme takes its keys. */
export interface KeyKind<Key, Parsed> {
  /** The name of the option, such as `secret`. */
  readonly name: string
  /** Whether a value is one key, not a list or a map of them. */
  readonly isKey: (value: unknown) => value is Key
  /** Parses one key; throws a `TypeError` that says how to fix it. */
  readonly parse: (key: unknown) => Parsed
  /** A text that identifies a key without revealing it. */
  readonly identify: (key: Parsed) => string
}

/** The keys of a request. */
interface RequestKeys<Parsed> {
  /** In the order they are tried. */
  readonly keys: readonly NamedKey<Parsed>[]
}

/** Why a request has no keys: `code` tells it from {@link RequestKeys}. */
type NoKeys = NotProven | NotJudged

/** Parsed keys. */
export interface KeyRing<Parsed> {
  /** The keys of a request, or why there are none; never throws. */
  keysFor(request: WebhookRequest): RequestKeys<Parsed> | NoKeys
  /** The keys, where they do not depend on the request. */
  readonly fixed: readonly NamedKey<Parsed>[] | undefined
  /** Texts that identify the fixed keys without revealing them. */
  marks(): readonly string[]
  /** The headers that choose the keys, in lower case. Absent: none. */
  readonly headers?: readonly string[]
  /** What is wrong with those, before the body is there. */
  check?(headers: RequestHeaders): NotProven | undefined
  /** Fetches the keys of a request; nothing where they are at hand. Absent: they always are. */
  prepare?: NonNullable<Scheme['prepare']>
  /** Asks for keys that do not depend on the request. Absent: they are at hand, or depend on it. */
  load?: NonNullable<Scheme['loadKeys']>
}

/** Values that a look-up by `constructor` or `__proto__` finds in any object: nobody's key. */
const inherited = new Set<unknown>([
  Object.prototype,
  ...Object.values(Object.getOwnPropertyDescriptors(Object.prototype)).map(({ value }): unknown => value),
])

const maxKeys = 10
const maxCachedChoices = 1_000

/**
 * Parses keys once. Keys that a function gives are parsed when they are first seen.
 * @throws TypeError when a key cannot be used
 */
export function createKeyRing<Key, Parsed>(
  keys: Keys<Key> | undefined,
  kind: KeyKind<Key, Parsed>,
): KeyRing<Parsed> {
  checkEngine()
  if (isLate(keys, kind)) return createLateRing(keys, kind)
  if (typeof keys !== 'function') {
    const fixed = toNamedKeys(keys, kind)
    const ofAll = { keys: fixed }
    return { fixed, keysFor: () => ofAll, marks: () => fixed.map(({ key }) => kind.identify(key)) }
  }
  // To the compiler a key might be a function, too.
  const choose = keys as (request: RequestHead) => KeyChoice<Key> | undefined
  const parsed = new BoundedMap<KeyChoice<Key> & {}, RequestKeys<Parsed>>(maxCachedChoices)
  return {
    fixed: undefined,
    marks: () => [],
    keysFor(request) {
      let choice: KeyChoice<Key> | undefined
      try {
        choice = choose(request)
      } catch (error) {
        return { code: 'keys-failed', error }
      }
      if (choice === undefined || choice === null || inherited.has(choice)) return { code: 'key-unknown' }
      try {
        const known = parsed.get(choice) ?? { keys: toTenantKeys(checkChoice(choice, kind), kind) }
        // Again, so that what is used stays.
        parsed.delete(choice)
        parsed.set(choice, known)
        return known
      } catch (error) {
        return { code: 'scheme-failed', error }
      }
    },
  }
}

/** A function without a parameter sees nothing of a request: no key of it can be a tenant's. */
function isLate<Key>(keys: unknown, kind: Pick<KeyKind<Key, unknown>, 'name' | 'isKey'>): keys is object {
  if (typeof keys === 'function') return keys.length === 0
  if (!Array.isArray(keys) && !isMap(keys, kind)) return false
  const functions = Object.values(keys).filter((each) => typeof each === 'function')
  if (functions.every(({ length }) => length === 0)) return functions.length > 0
  throw new TypeError(`A function in a list or a map of ${kind.name} takes no parameter`)
}

function createLateRing<Key, Parsed>(keys: object, kind: KeyKind<Key, Parsed>): KeyRing<Parsed> {
  const ask = typeof keys === 'function' ? () => Reflect.apply(keys, undefined, []) : () => askAll(keys)
  const late = new LateKeys(ask, (choice) => toNamedKeys(choice, kind))
  const load = (options: Pick<PrepareOptions, 'clock'>): ReturnType<typeof late.load> => late.load(options)
  return {
    get fixed() {
      return late.keys
    },
    keysFor: () => late.find(),
    marks: () => late.keys?.map(({ key }) => kind.identify(key)) ?? [],
    prepare: (_, options) => load(options),
    load,
  }
}

function checkChoice<Key>(
  choice: KeyChoice<Key>,
  { name }: Pick<KeyKind<Key, unknown>, 'name'>,
): KeyChoice<Key> {
  if (!isPromiseLike(choice)) return choice
  disregard(choice)
  throw new TypeError(
    `The function of ${name} answered a promise: it must answer at once, from what is in memory`,
  )
}

/** A function's key is some tenant's: the one that it names, or the one whose key comes first. */
function toTenantKeys<Key, Parsed>(
  choice: KeyChoice<Key>,
  kind: KeyKind<Key, Parsed>,
): readonly NamedKey<Parsed>[] {
  const keys = toNamedKeys(choice, kind)
  if (isMap(choice, kind)) return keys.map((key) => ({ ...key, tenant: key.id }))
  const first = keys.map(({ key }) => kind.identify(key))[0]
  return keys.map((key) => ({ ...key, tenant: first }))
}

function isMap<Key>(choice: unknown, kind: Pick<KeyKind<Key, unknown>, 'isKey'>): choice is object {
  return typeof choice === 'object' && choice !== null && !Array.isArray(choice) && !kind.isKey(choice)
}

function toNamedKeys<Key, Parsed>(choice: unknown, kind: KeyKind<Key, Parsed>): readonly NamedKey<Parsed>[] {
  const entries = toEntries(choice, kind)
  if (entries.length === 0) throw new TypeError(`There is no ${kind.name}: the list or map is empty`)
  if (entries.length > maxKeys) throw new TypeError(`At most ${maxKeys} of ${kind.name}: each one is tried`)
  return entries.map(([id, key]) => ({ id, key: kind.parse(key) }))
}

function toEntries<Key>(
  choice: unknown,
  kind: Pick<KeyKind<Key, unknown>, 'isKey'>,
): (readonly [string, unknown])[] {
  if (Array.isArray(choice)) return choice.map((key, at) => [String(at), key])
  if (!isMap(choice, kind)) return [['default', choice]]
  return Object.entries(choice).flatMap(([id, keys]: [string, unknown]) =>
    Array.isArray(keys) ? keys.map((key: unknown) => [id, key] as const) : [[id, keys] as const],
  )
}
