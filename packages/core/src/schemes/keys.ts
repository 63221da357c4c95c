import { LRUCache } from 'lru-cache'
import type { WebhookRequest } from '../request.ts'

/** A request without its body: what a function of keys may look at. Nothing in it is authentic yet. */
export type RequestHead = Omit<WebhookRequest, 'body'>

/**
 * One key, or several while one replaces another: a list, or a map whose names tell which one matched, such
 * as `{ current, next }`. At most 10, tried in order.
 */
export type KeyChoice<Key> = Key | readonly Key[] | { readonly [keyId: string]: Key }

/**
 * Keys, or a function that finds them by the head of a request, for many tenants: by path or by header. The
 * function must answer at once; `undefined` for an unknown tenant, which is answered as a bad signature is.
 */
export type Keys<Key> = KeyChoice<Key> | ((request: RequestHead) => KeyChoice<Key> | undefined)

/** A parsed key and its name. */
export interface NamedKey<Parsed> {
  readonly id: string
  readonly key: Parsed
}

/** How a scheme takes its keys. */
export interface KeyKind<Key, Parsed> {
  /** What the option is called, such as `secret`. */
  readonly name: string
  /** Whether a value is one key, not a list or a map of them. */
  readonly isKey: (value: unknown) => value is Key
  /** Parses one key; throws a `TypeError` that says how to fix it. */
  readonly parse: (key: unknown) => Parsed
}

/** Parsed keys. */
export interface KeyRing<Parsed> {
  /** The keys of a request, in the order they are tried; never throws. */
  keysFor(request: RequestHead): readonly NamedKey<Parsed>[] | 'key-unknown'
  /** The keys, where they do not depend on the request. */
  readonly fixed: readonly NamedKey<Parsed>[] | undefined
}

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
  if (typeof keys !== 'function') {
    const fixed = toNamedKeys(keys, kind)
    return { fixed, keysFor: () => fixed }
  }
  const choose = keys as (request: RequestHead) => KeyChoice<Key> | undefined
  const parsed = new LRUCache<string | object, readonly NamedKey<Parsed>[]>({ max: maxCachedChoices })
  return {
    fixed: undefined,
    keysFor(request) {
      try {
        const choice = choose(request) as string | object | undefined
        if (choice === undefined || choice === null) return 'key-unknown'
        const known = parsed.get(choice) ?? toNamedKeys(choice as KeyChoice<Key>, kind)
        parsed.set(choice, known)
        return known
      } catch {
        return 'key-unknown'
      }
    },
  }
}

function toNamedKeys<Key, Parsed>(
  choice: KeyChoice<Key> | undefined,
  kind: KeyKind<Key, Parsed>,
): readonly NamedKey<Parsed>[] {
  const entries = toEntries(choice, kind)
  if (entries.length === 0) throw new TypeError(`There is no ${kind.name}: the list or map is empty`)
  if (entries.length > maxKeys) throw new TypeError(`At most ${maxKeys} of ${kind.name}: each one is tried`)
  return entries.map(([id, key]) => ({ id, key: kind.parse(key) }))
}

function toEntries<Key>(
  choice: unknown,
  kind: Pick<KeyKind<Key, unknown>, 'isKey'>,
): (readonly [string, unknown])[] {
  if (kind.isKey(choice) || typeof choice !== 'object' || choice === null) return [['default', choice]]
  return Array.isArray(choice) ? choice.map((key, at) => [String(at), key]) : Object.entries(choice)
}
