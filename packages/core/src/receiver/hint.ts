import { findingsWords } from '../log/finding-words.ts'
import type { Finding } from '../model/finding.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { Scheme } from '../model/scheme.ts'
import type { RefusedHead } from './refusal.ts'

/** Every reading of a signature is tried over every reading of the body: of a larger one that would hold up other requests. */
const maxBodyBytes = 16_384

/**
 * What the log says of a refusal instead of its remedy, where more can be told: costly, and so asked a few times a minute at
 * most. The sender is told nothing of it.
 */
export function hintOf(code: RejectionCode, scheme: Scheme, request: RefusedHead): string | undefined {
  try {
    return findingsWords(findingsOf(code, scheme, request))
  } catch {
    // A scheme may be anybody's code: it says no more then.
    return undefined
  }
}

function findingsOf(
  code: RejectionCode,
  scheme: Scheme,
  { method, url, headers, body }: RefusedHead,
): readonly Finding[] {
  if (code === 'header-malformed') return scheme.diagnoseHeaders?.(headers) ?? []
  if (code !== 'signature-mismatch' || body === undefined || body.byteLength > maxBodyBytes) return []
  return scheme.diagnose({ method, url, headers, body })
}
