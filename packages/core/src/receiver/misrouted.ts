import { processWide } from '../lib/process-wide.ts'
import type { Observer } from '../model/observation.ts'
import type { Provider } from '../model/provider.ts'
import type { Scheme } from '../model/scheme.ts'
import type { RequestHead } from '../schemes/keys.ts'
import { isOwnKey } from '../schemes/own-keys.ts'

/** What a receiver tells of requests that missed it. */
export interface PathWatcher {
  readonly provider: Pick<Provider<object>, 'name' | 'scheme'>
  readonly endpoint: string
  readonly path: string
  readonly observer: Observer
}

// Beside the receiver and not in it, as only adapters see what passes by.
const watchers = processWide('path-watchers/1', () => new WeakMap<object, PathWatcher>())
/** Requests that some receiver took, or told of. */
const known = processWide('known-requests/1', () => new WeakSet<object>())
const maxPathChars = 200
const maxParts = 32
const leastKeyChars = 16
const noBody = new Uint8Array()

/** Lets adapters tell a receiver of requests that they pass on. */
export function letWatchPaths(receiver: object, watcher: PathWatcher): void {
  watchers.set(receiver, watcher)
}

/** For adapters: remembers that a receiver takes a request, so that none is told that it missed it. */
export function takeRequest(request: object): void {
  known.add(request)
}

/**
 * For adapters that pass requests on: whether one that is not at the receiver's path looks like its sender's, a POST with the
 * header of the signature. `undefined`: it does not. Else a function to call with the status that the request was answered with;
 * unless that is a success, or another receiver took it, the operator is told by a `misrouted` observation.
 * @param request the runtime's own object, the same for every adapter of the program
 * @param at the path where the adapter is mounted; default the receiver's
 */
export function passRequest(
  receiver: object,
  request: object,
  head: RequestHead,
  at?: string,
): ((status: number) => void) | undefined {
  const watcher = watchers.get(receiver)
  const header = watcher && findProof(watcher.provider.scheme, head)
  if (watcher === undefined || header === undefined) return undefined
  return (status) => {
    if (status < 300 || known.has(request)) return
    known.add(request)
    const { provider, endpoint, observer } = watcher
    const expected = at ?? watcher.path
    const path = toPath(head.url, provider.scheme)
    observer({ type: 'misrouted', provider: provider.name, endpoint, path, expected, status, header })
  }
}

/** The header that makes a request look like the sender's. */
function findProof(scheme: Scheme, head: RequestHead): string | undefined {
  if (head.method !== 'POST') return undefined
  try {
    const header = scheme.headers?.find((name) => head.headers.values(name).some(Boolean))
    if (header === undefined) return undefined
    if (scheme.signs.length === 0) return holdsKey(scheme, head) ? header : undefined
    // What stands in Authorization may be any API's.
    const isOther = header === 'authorization' || scheme.check(head.headers)?.code === 'header-missing'
    return isOther ? undefined : header
  } catch {
    // A scheme may be anybody's code, and this is nobody's request.
    return undefined
  }
}

/** Any API may take a key: only one that holds is the sender's. A function of keys is not asked, as it knows the receiver's requests. */
function holdsKey(scheme: Scheme, head: RequestHead): boolean {
  if (!scheme.keyMarks?.().length) return false
  return 'keyId' in scheme.verify({ ...head, body: noBody })
}

/** Without its query, which may hold a key; a sender that is set up wrong may send one in the path, too. */
function toPath(url: string, scheme: Scheme): string {
  const path = url
    .replace(/^\w+:\/\/[^/]*/, '')
    .split(/[?#]/, 1)
    .join('')
  const shown = path.length > maxPathChars ? `${path.slice(0, maxPathChars)}…` : path
  const marks = marksOf(scheme)
  if (marks.length === 0) return shown
  const parts = path.split('/').slice(0, maxParts)
  const holdsOwn = parts.some((part) => part.length >= leastKeyChars && isOwnKey(marks, plain(part)))
  return holdsOwn ? '[redacted]' : shown
}

function marksOf(scheme: Scheme): readonly string[] {
  try {
    return scheme.keyMarks?.() ?? []
  } catch {
    return []
  }
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
