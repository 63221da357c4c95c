import { timedOut, withDeadline } from '../lib/deadline.ts'
import { disregard } from '../lib/fence.ts'
import { describe, isPromiseLike } from '../lib/options.ts'
import type { RequestHeaders } from '../model/headers.ts'
import { isAuthenticityCode } from '../model/rejection.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { Authentic, NotJudged, NotProven, PrepareOptions, Scheme } from '../model/scheme.ts'
import { failed, type Refusal } from './refusal.ts'

/** Asks a scheme for the grammar of the security headers; it may be anybody's code, and answer anything. */
export function checkHeaders(scheme: Scheme, headers: RequestHeaders): Refusal | undefined {
  try {
    const answer: unknown = scheme.check(headers)
    if (answer === undefined) return undefined
    const fault = toNotProven(answer)
    return (
      fault ??
      wrong(scheme, 'check', answer, "undefined to go on, or why not, such as { code: 'header-missing' }")
    )
  } catch (error) {
    return failed('scheme-failed', error)
  }
}

/**
 * Has a scheme fetch the keys that a request needs. Nothing, where it can be asked at once; else a promise of nothing or of
 * why they cannot be had, which never rejects.
 */
export function prepareKeys(
  scheme: Scheme,
  request: WebhookRequest,
  options: PrepareOptions,
): Promise<Refusal | undefined> | undefined {
  try {
    const answer: unknown = scheme.prepare?.(request, options)
    if (answer === undefined) return undefined
    if (!isPromiseLike(answer))
      return Promise.resolve(wrong(scheme, 'prepare', answer, 'nothing, or a promise'))
    const inTime = withDeadline(Promise.resolve(answer), options.timeoutMs, options.clock)
    return inTime.then(
      (late) => {
        if (late === timedOut)
          return failed('keys-failed', new Error(`The keys did not come within ${options.timeoutMs} ms`))
        return late === undefined ? undefined : toRefusal(scheme, late)
      },
      (error: unknown) => failed('scheme-failed', error),
    )
  } catch (error) {
    return Promise.resolve(failed('scheme-failed', error))
  }
}

/** Asks a scheme for the proof. Only `{ keyId: 'text' }`, with a `tenant` or without, is one; all else is refused. */
export function authenticate(scheme: Scheme, request: WebhookRequest): Authentic | Refusal {
  try {
    const answer: unknown = scheme.verify(request)
    return toProof(answer) ?? toRefusal(scheme, answer)
  } catch (error) {
    return failed('scheme-failed', error)
  }
}

/** Read once, and copied: what was looked at is what counts. */
function toProof(answer: unknown): Authentic | undefined {
  if (typeof answer !== 'object' || answer === null || isPromiseLike(answer)) return undefined
  const { keyId, tenant }: { readonly keyId?: unknown; readonly tenant?: unknown } = answer
  if (!isText(keyId) || !Object.keys(answer).every(isPartOfProof)) return undefined
  if (tenant === undefined) return { keyId }
  return isText(tenant) ? { keyId, tenant } : undefined
}

function isPartOfProof(name: string): boolean {
  return name === 'keyId' || name === 'tenant'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Read once, and copied, too. Where a header is at fault, the operator is told which. */
function toNotProven(answer: unknown): Refusal | undefined {
  if (isPromiseLike(answer)) return undefined
  const { code, header }: { readonly [Name in keyof NotProven]?: unknown } = answer ?? {}
  if (!isAuthenticityCode(code)) return undefined
  disregard(header)
  return isText(header) && code.startsWith('header-') ? { code, header } : { code }
}

function toRefusal(scheme: Scheme, answer: unknown): Refusal {
  const notProven = toNotProven(answer)
  if (notProven) return notProven
  const { code, error }: { readonly [Name in keyof NotJudged]?: unknown } = answer ?? {}
  if (code === 'keys-failed' || code === 'scheme-failed') return failed(code, error)
  return wrong(
    scheme,
    'verify',
    answer,
    "{ keyId: 'name of the key' } as proof, or why not, such as { code: 'signature-mismatch' }",
  )
}

/** The refusal for an answer that a scheme may not give. */
export function wrong(scheme: Scheme, call: keyof Scheme, answer: unknown, instead: string): Refusal {
  const isLate = isPromiseLike(answer)
  disregard(answer)
  const found = isLate ? 'a promise: it must answer at once' : describe(answer)
  const message = `${call}() of the scheme '${String(scheme.name)}' answered ${found}. It answers ${instead}`
  return { code: 'scheme-failed', error: new TypeError(message) }
}
