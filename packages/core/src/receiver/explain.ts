import { checkOptions } from '../lib/check-options.ts'
import { describeError } from '../lib/describe-error.ts'
import { parseTime } from '../lib/time.ts'
import { type Clock, systemClock } from '../model/clock.ts'
import type { Finding, HeaderFinding } from '../model/finding.ts'
import type { TimeRule } from '../model/provider.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { TimeFormat } from '../model/time-format.ts'
import { authenticate, prepareKeys } from './authenticate.ts'
import { Handshakes } from './handshakes.ts'
import { precheck } from './precheck.ts'
import { prove } from './prove.ts'
import { type ReadProvider, toReading } from './reading.ts'
import type { Refusal } from './refusal.ts'
import { checkTolerance, type Tolerance, toOffsetSeconds, toTolerance } from './tolerance.ts'

/** The part of a provider that `explain` uses. */
export type ExplainedProvider = ReadProvider

/** Options of {@link explain}. */
export interface ExplainOptions {
  /** Other set-ups that the request may have been meant for, by a name of yours: another key, another tenant. */
  readonly others?: { readonly [keyId: string]: Pick<ExplainedProvider, 'scheme'> }
  /** The window of the receiver. Default: as a receiver's with a volatile inbox. */
  readonly tolerance?: Partial<Tolerance>
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/** The result of {@link explain}, told apart by `kind`. */
export type Explanation =
  | {
      /** The receiver would take the request to its inbox. */
      readonly kind: 'passed'
      /** None. */
      readonly findings: readonly []
    }
  | {
      /** The receiver refuses the request. */
      readonly kind: 'rejected'
      /** With which code. */
      readonly code: RejectionCode
      /** Why, with evidence: the fewest deviations that explain it. */
      readonly findings: readonly Finding[]
    }

/**
 * Why a request is refused, **for the operator only**: it tries what senders and middleboxes are known to get
 * wrong. It is slow, and tells what an attacker would like to know: never call it on the way of a request, and
 * never put what it says into an answer.
 * @example
 * import { explain, fromRawHeaders } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const body = Buffer.from('{"event":"bhe.emitida"}')
 * const headers = fromRawHeaders(['X-Webhook-Signature', '9f86d081884c7d65'])
 * const request = { method: 'POST', url: '/webhooks/redcumbre', headers, body }
 * const explanation = await explain(request, redcumbre(process.env['REDCUMBRE_SECRET']))
 * export const reasons = explanation.findings.map(({ kind }) => kind)
 */
export async function explain(
  request: WebhookRequest,
  provider: ExplainedProvider,
  options: ExplainOptions = {},
): Promise<Explanation> {
  checkOptions('explain options', options, { others: 'object', tolerance: 'object', clock: 'clock' })
  checkHeaders(request)
  const { scheme } = provider
  const handshakes = new Handshakes(provider.handshakes, scheme)
  const greeted = handshakes.answerHead(request) ?? handshakes.answerUnproven(request)
  if (greeted) return 'code' in greeted ? refused(greeted) : passed
  const refusal = precheck(request, scheme, noLimits)
  if (refusal?.code === 'method-not-allowed' || refusal?.code === 'encoding-unsupported')
    return refused(refusal)
  const { clock = systemClock } = options
  const missing = await prepareKeys(scheme, request, { timeoutMs: keysTimeoutMs, clock })
  if (missing) return refused(missing)
  const proof = authenticate(scheme, request)
  if ('code' in proof) {
    if ('error' in proof) return refused(proof)
    const others = await otherKeys(request, options.others, clock)
    return rejected(proof.code, others.length > 0 ? others : scheme.diagnose(request))
  }
  const reading = toReading(provider)
  const proven = prove(request, reading, handshakes)
  if ('code' in proven) return refused(proven)
  return explainTime(proven.time, reading.time, options)
}

const keysTimeoutMs = 5_000
const passed: Explanation = { kind: 'passed', findings: [] }

/** Codes that depend on the receiver, not on the request. */
const noLimits = { maxBodyBytes: Number.POSITIVE_INFINITY, ipAllowlist: undefined }

function refused({ code, error, header }: Refusal): Explanation {
  // Only the codes of headers name one.
  if (header !== undefined) return rejected(code, [{ kind: code as HeaderFinding['kind'], header }])
  const detail = error === undefined ? code : `${code}: ${describeError(error).message}`
  return rejected(code, [{ kind: 'request-refused', detail }])
}

/** An object of texts, or a `Headers`, is what one has at hand. */
function checkHeaders({ headers }: { readonly headers?: { values?(name: string): unknown } }): void {
  if (Array.isArray(headers?.values?.('host'))) return
  throw new TypeError(
    "explain request.headers must be what a receiver reads, each header with its values: fromRawHeaders(['X-Signature', '…']) makes it of names and values in turn",
  )
}

function rejected(code: RejectionCode, findings: readonly Finding[]): Explanation {
  return { kind: 'rejected', code, findings }
}

async function otherKeys(
  request: WebhookRequest,
  others: ExplainOptions['others'] = {},
  clock: Clock,
): Promise<Finding[]> {
  const found = Object.entries(others).map(async ([name, { scheme }]): Promise<Finding[]> => {
    // What is wrong with its keys is told by asking for the proof.
    await prepareKeys(scheme, request, { timeoutMs: keysTimeoutMs, clock })
    const proof = authenticate(scheme, request)
    if ('code' in proof) return []
    return [{ kind: 'other-key', keyId: proof.keyId === 'default' ? name : `${name}.${proof.keyId}` }]
  })
  return (await Promise.all(found)).flat()
}

function explainTime(time: unknown, rule: TimeRule | undefined, options: ExplainOptions): Explanation {
  const now = (options.clock ?? systemClock).now()
  const fresh = checkTolerance(time, rule, toTolerance(options.tolerance ?? {}), now)
  if (!('code' in fresh)) return passed
  const { code } = fresh
  if (code === 'time-missing' || rule === undefined)
    return rejected(code, [{ kind: 'time-missing', detail: 'The delivery states no time' }])
  const seconds = toOffsetSeconds(time, rule, now)
  if (seconds !== undefined) return rejected(code, [{ kind: 'clock-skew', seconds }])
  const expected = [rule.format].flat().join(' or ')
  return rejected(code, [{ kind: 'time-format', expected, found: formatOf(time) }])
}

function formatOf(time: unknown): string {
  const formats: readonly TimeFormat[] = [
    'rfc3339',
    'unix-seconds',
    'unix-ms',
    'rfc3339-like',
    'unix-seconds-float',
  ]
  return formats.find((format) => parseTime(time, format) !== undefined) ?? 'none that is known'
}
