import type { Awaitable, Clock, ExplainedProvider, Inbox, Provider, Receiver } from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import { toSecret } from './csrf.ts'
import { withoutEnd } from './paths.ts'

/** Somebody who may look. */
export interface Access {
  /** Who: shown on the page, and what the forms are bound to. */
  readonly user: string
  /** Whether this user may redrive, discard and replay. Default `false`: looks only. */
  readonly mayWrite?: boolean
}

/** A receiver, or the middleware or plugin of an adapter that has one. */
export type Received =
  | DashboardReceiver
  | {
      /** The receiver behind it. */
      readonly receiver: DashboardReceiver
    }

/** What the dashboard needs of a receiver. */
export interface DashboardReceiver extends Pick<Receiver<never>, 'inbox' | 'answers'> {
  /** Whose webhooks it receives. */
  readonly provider: ExplainedProvider & Pick<Provider<object>, 'name'>
}

/** Options of {@link dashboard}. */
export interface DashboardOptions {
  /**
   * Decides who may look, and who may write; asked with each request. `false`, a throw, a rejection, and no answer within
   * `authorizeTimeoutMs` refuse it with a constant 403. `true`: one user without a name, who may do everything. A `Response` is
   * answered as it is: to send somebody to your login.
   * @param request the request, its body not read: leave it so
   * @param native what the framework has for it: Express' or Fastify's request, Hono's context; `undefined` with plain fetch
   */
  authorize(request: Request, native: unknown): Awaitable<boolean | Access | Response>
  /** The inboxes to show, by the names that people know them by. One of `inboxes` and `receivers` is needed. */
  readonly inboxes?: Readonly<Record<string, Inbox>>
  /**
   * The receivers: their inboxes are shown, and their providers explain why requests were refused. A function where they are
   * made later than the dashboard, as they are when they have its `observer`.
   */
  readonly receivers?: readonly Received[] | (() => readonly Received[])
  /** The path below which it answers, as the browser sees it. Default `/acuse`. */
  readonly basePath?: string
  /**
   * The key of the tokens in forms, at least 32 characters: the same for all processes behind one address. Default: a random one
   * for each process.
   */
  readonly secret?: string
  /** The language. Default: what the browser asks for, English or Spanish; a link switches. */
  readonly lang?: 'en' | 'es'
  /** The longest wait for `authorize`, in milliseconds, 1 to 60 000. Default 5 000. */
  readonly authorizeTimeoutMs?: number
  /** The longest wait for an inbox, in milliseconds, 1 to 60 000. Default 10 000. */
  readonly inboxTimeoutMs?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/**
 * Checks the options.
 * @throws TypeError that says how to mend them
 */
export function checkDashboardOptions(options: DashboardOptions): void {
  if (typeof options !== 'object' || options === null || typeof options.authorize !== 'function')
    throw new TypeError(
      'dashboard needs authorize, a function that says who may look: it shows payloads and can discard deliveries. ' +
        'Such as authorize: (request) => isAdmin(request)',
    )
  checkOptions('dashboard options', options, {
    authorize: 'function',
    inboxes: 'object',
    receivers: 'checked',
    basePath: 'text',
    secret: 'text',
    lang: 'text',
    authorizeTimeoutMs: 'number',
    inboxTimeoutMs: 'number',
    clock: 'clock',
  })
  const { inboxes, receivers, lang, secret } = options
  if (receivers !== undefined && typeof receivers !== 'function' && !Array.isArray(receivers))
    throw new TypeError('receivers must be a list of receivers, or a function that answers one')
  if (inboxes === undefined && receivers === undefined)
    throw new TypeError(
      'dashboard needs inboxes, such as { main: inbox }, or receivers, such as () => [payments]',
    )
  for (const [name, inbox] of Object.entries(inboxes ?? {})) checkInbox(name, inbox)
  if (lang !== undefined && lang !== 'en' && lang !== 'es') throw new TypeError("lang must be 'en' or 'es'")
  checkBounds('authorizeTimeoutMs', options.authorizeTimeoutMs)
  checkBounds('inboxTimeoutMs', options.inboxTimeoutMs)
  toBasePath(options.basePath)
  toSecret(secret)
}

function checkInbox(name: string, inbox: Inbox): void {
  if (typeof inbox?.stats !== 'function' || typeof inbox.deadLetters?.list !== 'function')
    throw new TypeError(`inboxes.${name} must be an inbox, such as sqliteInbox('acuse.db')`)
}

function checkBounds(name: string, value: number | undefined): void {
  if (value !== undefined && (value < 1 || value > 60_000))
    throw new TypeError(`${name} must be 1 to 60 000 milliseconds`)
}

/**
 * The base path, without a slash at its end; `''` at the root.
 * @throws TypeError when it is none
 */
export function toBasePath(basePath = '/acuse'): string {
  const path = withoutEnd(basePath)
  if (path !== '' && !/^(?:\/[A-Za-z0-9._~-]+)+$/.test(path))
    throw new TypeError(
      "basePath must be a path as the browser sees it, such as '/acuse' or '/admin/webhooks'",
    )
  return path
}
