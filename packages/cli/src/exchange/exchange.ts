import type { CapturedRequest } from '../captured/captured-request.ts'

/** How a delivery was judged. `shown`: by nobody, no provider was asked for. */
type Verdict = 'accepted' | 'duplicate' | 'answered' | 'refused' | 'shown'

/** Why a delivery was refused, in words. */
export interface ExchangeFinding {
  readonly kind: string
  readonly evidence: string
  readonly remedy: string
}

/** A request that came, and what became of it: shown, told as JSON, and kept for `acuse replay`. */
export interface Exchange {
  readonly kind: 'delivery'
  readonly id: string
  readonly at: string
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The whole address that it came to. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The body, where it is text in UTF-8. */
  readonly body?: string
  readonly bodyBase64: string
  readonly bodyBytes: number
  readonly provider?: string
  readonly verdict: Verdict
  readonly code?: string
  readonly event?: string
  readonly findings: readonly ExchangeFinding[]
  /** Whom it may come from, by its headers, where no provider was asked for. */
  readonly mayBe: readonly string[]
  /** The status that was answered, and why, where it is not the receiver's. */
  readonly status: number
  readonly answeredBy: 'receiver' | 'failure' | 'forward'
  readonly durationMs: number
}

/** The request that was kept, to be sent again. */
export type KeptExchange = Pick<CapturedRequest, 'method' | 'headers' | 'body'> & {
  readonly id: string
  readonly at: string
  readonly target: string
}

/** The body as text, where it is UTF-8. */
export function toText(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}

/** JSON over several lines; other text as it is. */
export function prettyBody(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}
