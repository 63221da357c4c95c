import { type Clock, type Provider, systemClock } from '@acuse/core'
import { checkOptions, type OptionKinds, wholeNumber } from '@acuse/core/inbox-kit'
import type { Way } from './deliver.ts'
import type { Address } from './make-request.ts'
import type { Fetch } from './request.ts'
import { type Signer, toSigner } from './signer.ts'

/** Options of {@link createSender}. */
export interface SenderOptions<Events extends object, Secret> {
  /**
   * The provider to speak as, such as `redcumbre`; where it takes more than a secret, a function of yours:
   * `(secret) => acme(secret, { publicUrl })`. Of a provider whose requests a public key proves, give the private one:
   * `(privateKey: KeyObject) => acme(undefined, { privateKey })`.
   */
  readonly provider: (secret: Secret) => Provider<Events>
  /** The key that it signs with. */
  readonly secret: Secret
  /**
   * Where to post. A key or an id that the provider sends in the query is added, where it is not there. Default:
   * the provider's path at `http://localhost`, for a `fetch` of an app.
   */
  readonly url?: string | URL
  /** Sends requests: `fetch`, or a function of an app that needs no socket, such as `app.request` of Hono. Default: `fetch`. */
  readonly fetch?: Fetch
  /** Headers of your own beside the provider's, such as an `Authorization`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The wait before each attempt, in milliseconds; the first is usually 0. Default: the provider's. */
  readonly attemptDelaysMs?: readonly number[]
  /** How long to wait for an answer, in milliseconds, at least 1. Default: the provider's. */
  readonly timeoutMs?: number
  /** Whether to wait for as long as `Retry-After` of an answer says, where that is longer. Default: the provider's way. */
  readonly honorsRetryAfter?: boolean
  /** Sends what the provider's sandbox sends: for its first test account, or the one of this id. Default `false`. */
  readonly sandbox?: boolean | string
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
  /** Waits between attempts, in milliseconds. Inject one that returns at once, and a test takes no time. */
  readonly sleep?: (delayMs: number) => Promise<void>
}

/** Checked options. */
export interface SenderSettings {
  readonly signer: Signer
  readonly way: Way
  readonly to: Address
  /** The test account of the sandbox; `undefined`: production. */
  readonly account: string | undefined
}

const kinds: OptionKinds<SenderOptions<object, unknown>> = {
  provider: 'function',
  secret: 'checked',
  url: 'checked',
  fetch: 'function',
  headers: 'object',
  attemptDelaysMs: 'list',
  timeoutMs: 'number',
  honorsRetryAfter: 'true or false',
  sandbox: 'checked',
  clock: 'clock',
  sleep: 'function',
}
const mostMs = 3_650 * 86_400_000

/** @throws TypeError that names the option, and says what it takes */
export function toSettings<Events extends object, Secret>(
  options: SenderOptions<Events, Secret>,
): SenderSettings {
  checkOptions<SenderOptions<Events, Secret>>('createSender options', options, kinds)
  const { clock = systemClock, headers = {}, fetch } = options
  const signer = toSigner(options.provider, options.secret)
  const { provider, sending } = signer
  const { attemptDelaysMs = sending.attemptDelaysMs, timeoutMs = sending.timeoutMs } = options
  if (attemptDelaysMs.length === 0)
    throw new TypeError('attemptDelaysMs must list the wait before each attempt, such as [0, 1000]')
  for (const delayMs of attemptDelaysMs) wholeNumber('attemptDelaysMs[]', delayMs, 0, mostMs)
  wholeNumber('timeoutMs', timeoutMs, 1, mostMs)
  for (const [name, value] of Object.entries(headers))
    if (typeof value !== 'string') throw new TypeError(`headers['${name}'] must be text`)
  const way: Way = {
    provider: provider.name,
    attemptDelaysMs,
    timeoutMs,
    honorsRetryAfter: options.honorsRetryAfter ?? sending.honorsRetryAfter ?? false,
    fetch,
    clock,
    sleep: options.sleep ?? ((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs))),
  }
  const url = toUrl(options.url, options.fetch === undefined ? undefined : provider.path)
  const to = { url: url.href, query: url.search.slice(1), headers }
  return { signer, way, to, account: toAccount(options.sandbox, signer) }
}

function toUrl(given: string | URL | undefined, path: string | undefined): URL {
  const text = given === undefined && path !== undefined ? `http://localhost${path}` : String(given)
  if (!URL.canParse(text))
    throw new TypeError('url must be where to post, such as http://127.0.0.1:3000/webhooks/redcumbre')
  const url = new URL(text)
  // A fragment is not sent.
  url.hash = ''
  return url
}

function toAccount(sandbox: unknown, { provider, sending }: Signer): string | undefined {
  if (sandbox === undefined || sandbox === false) return undefined
  const accounts = Object.keys(sending.sandbox?.accounts ?? {})
  const [first] = accounts
  if (first === undefined) throw new TypeError(`${provider.name} documents no sandbox`)
  if (sandbox === true) return first
  const account = accounts.find((id) => id === sandbox)
  if (account !== undefined) return account
  throw new TypeError(
    `sandbox must be true, or a test account that ${provider.name} documents: ${accounts.join(', ')}`,
  )
}
