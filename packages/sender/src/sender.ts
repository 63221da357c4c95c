import { type Clock, type EventName, type Provider, systemClock } from '@acuse/core'
import { checkOptions, type OptionKinds, wholeNumber, withQuery } from '@acuse/core/inbox-kit'
import { ask } from './ask.ts'
import { deliver } from './deliver.ts'
import type { HandshakeReport, SendReport } from './report.ts'
import { toSigner } from './signer.ts'

/** The same shape with every field optional, at every depth; lists are given whole. */
export type DeepPartial<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: DeepPartial<Value[Key]> }
    : Value

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
  /** Where to post. A key or an id that the provider sends in the query is added, where it is not there. */
  readonly url: string | URL
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
  /** Waits between attempts, in milliseconds. Inject one that returns at once, and a test takes no time. */
  readonly sleep?: (delayMs: number) => Promise<void>
}

/** How to send one delivery. */
export interface SendOptions {
  /** The time to sign. Default: now. */
  readonly at?: Date
  /** Changes the body after it was signed, as an attacker would. */
  readonly tamper?: (body: Uint8Array) => Uint8Array
  /** The most attempts, 1 to 1 000. Default: the provider's. */
  readonly attempts?: number
}

/** Sends as a provider does. */
export interface Sender<Events extends object> {
  /**
   * Signs and posts one event: the documented sample with `overrides` and a fresh time, attempted until a
   * 2xx or the end of the provider's table. Two calls never send the same delivery, because their times
   * differ; use `resend` for that. Where nothing but whole seconds tells a provider's events apart, give each another `at`.
   * @throws TypeError when the provider documents no such event, or an option cannot be used
   */
  send<Name extends EventName<Events>>(
    event: Name,
    overrides?: DeepPartial<Events[Name]>,
    options?: SendOptions,
  ): Promise<SendReport>
  /** Posts the same bytes under the same signature again, as a retry whose answer got lost would. */
  resend(report: SendReport, options?: Pick<SendOptions, 'attempts'>): Promise<SendReport>
  /**
   * Asks what the provider asks before it sends, such as `url_verification`: each of its handshakes once, with the right proof
   * and fresh values, in its order.
   * @throws TypeError when the provider has none
   */
  handshake(): Promise<readonly HandshakeReport[]>
}

const optionKinds: OptionKinds<SenderOptions<object, unknown>> = {
  provider: 'function',
  secret: 'checked',
  url: 'checked',
  clock: 'clock',
  sleep: 'function',
}

const sendKinds: OptionKinds<SendOptions> = { at: 'checked', tamper: 'function', attempts: 'number' }
const resendKinds: OptionKinds<Pick<SendOptions, 'attempts'>> = { attempts: 'number' }
const maxAttempts = 1_000

/**
 * A sender that signs with the provider's own scheme and retries by its own table. For integration tests
 * of receivers.
 * @throws TypeError when the provider cannot send, or the secret or the URL cannot be used
 * @example
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import { createSender } from '@acuse/sender'
 *
 * const secret = process.env['REDCUMBRE_SECRET'] as string
 * const sender = createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:3000/webhooks/redcumbre' })
 */
export function createSender<Events extends object, Secret>(
  options: SenderOptions<Events, Secret>,
): Sender<Events> {
  checkOptions<SenderOptions<Events, Secret>>('createSender options', options, optionKinds)
  const { secret, clock = systemClock } = options
  const signer = toSigner(options.provider, secret)
  const sleep = options.sleep ?? ((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)))
  if (!URL.canParse(String(options.url)))
    throw new TypeError('url must be where to post, such as http://127.0.0.1:3000/webhooks/redcumbre')
  const { href: url, search } = withoutFragment(options.url)
  const addressQuery = search.slice(1)
  const freshTime = monotonicTime(clock)

  const way = { signer, clock, sleep }

  return {
    async send(event, overrides, options = {}) {
      checkOptions('send options', options, sendKinds)
      const { at, tamper } = options
      if (at !== undefined && !(at instanceof Date && !Number.isNaN(at.getTime())))
        throw new TypeError('at must be a valid Date')
      const attempts = toAttempts(options)
      const sample = await signer.sampleOf(event)
      const how = { at: at ?? freshTime(), addressQuery }
      const { headers, body, query } = signer.sign(event, sample, overrides, how)
      const request = { url: withQuery(url, query), headers, body: tamper?.(body) ?? body }
      return deliver(event, request, { ...way, attempts })
    },
    async resend(report, options = {}) {
      checkOptions('resend options', options, resendKinds)
      return deliver(report.event, report.request, { ...way, attempts: toAttempts(options) })
    },
    async handshake() {
      const reports: HandshakeReport[] = []
      for (const handshake of signer.handshakes({ at: freshTime(), addressQuery }))
        reports.push(await ask(signer, handshake, { url, clock }))
      return reports
    },
  }
}

/** A fragment is not sent. */
function withoutFragment(given: string | URL): URL {
  const url = new URL(given)
  url.hash = ''
  return url
}

function toAttempts({ attempts }: Pick<SendOptions, 'attempts'>): number | undefined {
  return attempts === undefined ? undefined : wholeNumber('attempts', attempts, 1, maxAttempts)
}

/** Now, but never the same millisecond twice: equal times would make two events one. */
function monotonicTime(clock: Clock): () => Date {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    last = Math.max(clock.now(), last + 1)
    return new Date(last)
  }
}
