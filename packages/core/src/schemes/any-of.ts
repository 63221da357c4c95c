import { fieldOf } from '../lib/field-of.ts'
import { describe } from '../lib/options.ts'
import type { Finding } from '../model/finding.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { NotProven, Scheme, Verdict } from '../model/scheme.ts'
import type { Part } from '../model/value.ts'

/** What a scheme says of a request. */
interface Judged {
  readonly scheme: Scheme
  readonly verdict: Verdict
  readonly isProof: boolean
  /** How much it tells; of two refusals the higher one is given. */
  readonly rank: number
}

/** Refusals, those first that tell least: a request of another scheme lacks the headers of this one. */
const ranks: readonly unknown[] = [
  'header-missing',
  'header-malformed',
  'header-repeated',
  'header-mismatch',
  'value-malformed',
  'key-unknown',
  'signature-mismatch',
  'keys-failed',
  'scheme-failed',
]
/** Any other answer is a fault of the scheme, for the receiver to name. */
const wrongAnswer = ranks.length
const minSchemes = 2
const maxSchemes = 10

/**
 * Several proofs on one endpoint: the first that holds counts. For senders that sign in two ways, or change from one to
 * another. They are fixed here, and never chosen by the request. An attacker needs to break the weakest of them.
 * @throws TypeError unless there are 2 to 10 schemes, and something is signed by all of them, or nothing by any
 * @example
 * import { anyOf, ed25519, hmac } from '@acuse/core'
 *
 * const place = { header: 'webhook-signature', separator: ' ' } as const
 * const scheme = anyOf([
 *   hmac({ ...place, prefix: 'v1,', encoding: 'base64', secret: process.env['ACME_SECRET'] }),
 *   ed25519({ ...place, prefix: 'v1a,', publicKey: process.env['ACME_PUBLIC_KEY'] }),
 * ])
 */
export function anyOf(given: readonly Scheme[]): Scheme {
  const schemes = checkSchemes(given)
  const signs = commonParts(schemes)
  const proverOf = (request: WebhookRequest): Scheme | undefined => {
    const best = judgeAll(schemes, request)
    return best.isProof ? best.scheme : undefined
  }
  return {
    name: 'anyOf',
    signs,
    headers: [...new Set(schemes.flatMap(({ headers = [] }) => headers))],
    keyMarks: () => schemes.flatMap((scheme) => scheme.keyMarks?.() ?? []),
    check: (headers) => checkAll(schemes, headers),
    verify: (request) => judgeAll(schemes, request).verdict,
    fields: (request, name) => proverOf(request)?.fields?.(request, name) ?? [],
    diagnose: (request) => diagnoseAll(schemes, request),
    diagnoseHeaders: (headers) =>
      unique(schemes.flatMap((scheme) => scheme.diagnoseHeaders?.(headers) ?? [])),
    ...prepareAll(schemes),
    ...signedBytesOf(signs, proverOf),
    ...macOf(schemes),
    ...signOf(schemes),
  }
}

function checkSchemes(given: unknown): readonly Scheme[] {
  if (!Array.isArray(given) || given.length < minSchemes || given.length > maxSchemes)
    throw new TypeError(
      `anyOf takes a list of ${minSchemes} to ${maxSchemes} schemes, such as anyOf([hmac({ … }), ed25519({ … })])`,
    )
  for (const scheme of given as readonly unknown[])
    if (
      !Array.isArray(fieldOf(scheme, 'signs')) ||
      !['check', 'verify', 'diagnose'].every((name) => typeof fieldOf(scheme, name) === 'function')
    )
      throw new TypeError(`anyOf takes schemes, as hmac() makes them, not ${describe(scheme)}`)
  return [...given]
}

/**
 * Where schemes share nothing, nothing would count as signed, and whatever stands in a captured request could be changed to
 * have it run again.
 */
function commonParts(schemes: readonly Scheme[]): readonly Part[] {
  const lists = schemes.map(({ signs }) => signs)
  const everywhere = (part: Part) => lists.every((list) => list.some((each) => keyOf(each) === keyOf(part)))
  const common = (lists[0] as readonly Part[]).filter(everywhere)
  if (common.every((part) => 'text' in part) && lists.some(({ length }) => length > 0))
    throw new TypeError(
      'The schemes of anyOf sign nothing in common: what one signs would not be proven by the other. Give each an endpoint of its own',
    )
  return common
}

function keyOf(part: Part): string {
  const entries = Object.entries(part).map(([name, value]) => [
    name,
    name === 'header' ? String(value).toLowerCase() : value,
  ])
  return JSON.stringify(entries.sort())
}

/** The first that proves a request, or the refusal that tells most. */
function judgeAll(schemes: readonly Scheme[], request: WebhookRequest): Judged {
  let best: Judged | undefined
  for (const scheme of schemes) {
    const judged = judge(scheme, request)
    if (judged.isProof) return judged
    if (best === undefined || judged.rank > best.rank) best = judged
  }
  return best as Judged
}

/** Schemes may be anybody's code. */
function judge(scheme: Scheme, request: WebhookRequest): Judged {
  try {
    const verdict = scheme.verify(request)
    return { scheme, verdict, isProof: fieldOf(verdict, 'keyId') !== undefined, rank: rankOf(verdict) }
  } catch (error) {
    const verdict = { code: 'scheme-failed', error } as const
    return { scheme, verdict, isProof: false, rank: rankOf(verdict) }
  }
}

function rankOf(answer: unknown): number {
  const rank = ranks.indexOf(fieldOf(answer, 'code'))
  return rank < 0 ? wrongAnswer : rank
}

/** A scheme that fails is not passed over: `verify` tells how. */
function checkAll(schemes: readonly Scheme[], headers: RequestHeaders): NotProven | undefined {
  let best: NotProven | undefined
  for (const scheme of schemes) {
    const fault = checkOne(scheme, headers)
    if (fault === undefined) return undefined
    if (best === undefined || rankOf(fault) > rankOf(best)) best = fault
  }
  return best
}

function checkOne(scheme: Scheme, headers: RequestHeaders): NotProven | undefined {
  try {
    const fault = scheme.check(headers)
    return rankOf(fault) === wrongAnswer ? undefined : fault
  } catch {
    return undefined
  }
}

/** Those that may hold; a key that cannot be had is told by `verify`, where no other scheme proves the request. */
function prepareAll(schemes: readonly Scheme[]): Pick<Scheme, 'prepare' | 'loadKeys'> {
  if (schemes.every(({ prepare }) => prepare === undefined)) return {}
  return {
    ...loadAll(schemes),
    prepare(request, options) {
      const waits = schemes.flatMap((scheme) => {
        if (checkOne(scheme, request.headers)) return []
        return scheme.prepare?.(request, options) ?? []
      })
      return waits.length === 0 ? undefined : Promise.allSettled(waits).then(() => undefined)
    },
  }
}

/** The first that cannot be had is told. */
function loadAll(schemes: readonly Scheme[]): Pick<Scheme, 'loadKeys'> {
  if (schemes.every(({ loadKeys }) => loadKeys === undefined)) return {}
  return {
    loadKeys(options) {
      const waits = schemes.flatMap((scheme) => scheme.loadKeys?.(options) ?? [])
      if (waits.length === 0) return undefined
      return Promise.all(waits).then((faults) => faults.find((fault) => fault !== undefined))
    },
  }
}

function signedBytesOf(
  signs: readonly Part[],
  proverOf: (request: WebhookRequest) => Scheme | undefined,
): Pick<Scheme, 'signedBytes'> {
  if (signs.length === 0 || signs.some((part) => 'raw' in part && part.raw === 'body')) return {}
  return {
    signedBytes(request) {
      const prover = proverOf(request)
      if (!prover) throw new TypeError('signedBytes() was asked of a request that is not proven')
      return prover.signedBytes?.(request) ?? request.body
    },
  }
}

function macOf(schemes: readonly Scheme[]): Pick<Scheme, 'mac'> {
  const able = schemes.filter(({ mac }) => mac !== undefined)
  if (able.length === 0) return {}
  return {
    mac(text, keyId) {
      for (const scheme of able) {
        const mac = scheme.mac?.(text, keyId)
        if (mac !== undefined) return mac
      }
      return undefined
    },
  }
}

/** By the first that can. */
function signOf(schemes: readonly Scheme[]): Pick<Scheme, 'sign' | 'signBody' | 'signQuery'> {
  const signer = schemes.find(({ sign, signBody }) => sign !== undefined || signBody !== undefined)
  return {
    ...(signer?.sign && { sign: signer.sign.bind(signer) }),
    ...(signer?.signBody && { signBody: signer.signBody.bind(signer) }),
    ...(signer?.signQuery && { signQuery: signer.signQuery.bind(signer) }),
  }
}

/** Of those whose refusal tells most. */
function diagnoseAll(schemes: readonly Scheme[], request: WebhookRequest): readonly Finding[] {
  const judged = schemes.map((scheme) => judge(scheme, request))
  const most = Math.max(...judged.map(({ rank }) => rank))
  const findings = judged.flatMap(({ scheme, rank }) => (rank === most ? scheme.diagnose(request) : []))
  return unique(findings)
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
}
