import { createHash } from 'node:crypto'
import { type ExplainedProvider, explain, systemClock } from '@acuse/core'
import { rejectionAnswers } from '@acuse/core/adapter'
import { sayFinding } from '@acuse/core/finding-texts'
import { type CapturedRequest, type CaptureNote, toWebhookRequest } from '../../captured/captured-request.ts'
import type { Language } from '../../command/language.ts'

/** Where the time comes from as of which a request is explained. */
type TimeSource = 'option' | 'capture' | 'now'

/** A request, explained: the answer of `--json`. */
export interface Explained {
  readonly id?: string
  readonly method: string
  readonly url: string
  readonly bytes: number
  readonly sha256: string
  readonly at: string
  readonly atSource: TimeSource
  /** `not-judged`: what proves it was taken out of the capture. */
  readonly verdict: 'passed' | 'refused' | 'not-judged'
  readonly code?: string
  readonly status?: number
  readonly findings: readonly { readonly kind: string; readonly evidence: string; readonly remedy: string }[]
  /** The entry of the code. */
  readonly see?: string
  readonly warnings: readonly CaptureNote[]
  /** The code with which the receiver that captured it refused it. */
  readonly refusedWith?: string
}

/** With what to explain. */
export interface ExplainWith {
  readonly provider: ExplainedProvider
  readonly others: Readonly<Record<string, ExplainedProvider>>
  readonly at: Date | undefined
  readonly language: Language
}

/** Explains a captured request. */
export async function explainRequest(captured: CapturedRequest, given: ExplainWith): Promise<Explained> {
  const { provider, others, language } = given
  const at = given.at ?? captured.at ?? new Date()
  const { method, url, body, notes, refusedWith, id } = captured
  const base = {
    ...(id !== undefined && { id }),
    method,
    url,
    bytes: body.byteLength,
    sha256: createHash('sha256').update(body).digest('hex'),
    at: at.toISOString(),
    atSource: sourceOf(given.at, captured.at),
    warnings: notes,
    ...(refusedWith !== undefined && { refusedWith }),
  }
  if (isProofRedacted(captured, provider)) {
    const see = refusedWith === undefined ? undefined : toAnchor(refusedWith)
    return { ...base, verdict: 'not-judged', findings: [], ...(see && { see }) }
  }
  const clock = { ...systemClock, now: () => at.getTime() }
  const explanation = await explain(toWebhookRequest(captured), provider, { others, clock })
  if (explanation.kind === 'passed') return { ...base, verdict: 'passed', findings: [] }
  const { code } = explanation
  const { status } = rejectionAnswers[code]
  const findings = explanation.findings.map((finding) => ({ ...finding, ...sayFinding(language, finding) }))
  return { ...base, verdict: 'refused', code, status, findings, see: toAnchor(code) }
}

function sourceOf(asked: Date | undefined, captured: Date | undefined): TimeSource {
  if (asked) return 'option'
  return captured ? 'capture' : 'now'
}

/** Where the documentation says more of a code. */
function toAnchor(code: string): string {
  return `docs/troubleshooting.md#${code}`
}

/** Whether a value that the proof is read from was taken out. */
function isProofRedacted({ redacted = [] }: CapturedRequest, { scheme }: ExplainedProvider): boolean {
  const read = new Set((scheme.headers ?? []).map((name) => name.toLowerCase()))
  for (const part of scheme.signs) {
    if ('header' in part) read.add(String(part.header).toLowerCase())
    if ('query' in part) read.add(`?${part.query}`)
  }
  for (const name of Object.keys(scheme.signQuery?.() ?? {})) read.add(`?${name}`)
  return redacted.some((name) => read.has(name) || name === '?')
}
