import type { Clock } from '@acuse/core'
import { type HandshakeRequest, withQuery } from '@acuse/core/inbox-kit'
import { post } from './post.ts'
import type { HandshakeReport } from './report.ts'
import type { Signer } from './signer.ts'

/** Sends a handshake once, and looks at its answer. */
export async function ask(
  { name, sending }: Signer,
  handshake: HandshakeRequest,
  { url, clock }: { readonly url: string; readonly clock: Clock },
): Promise<HandshakeReport> {
  const { method, headers, body, query } = handshake
  const request = { method, url: withQuery(url, query), headers, body }
  const { timeoutMs } = sending
  const posted = await post(request, { method, number: 1, delayMs: 0, timeoutMs, clock })
  const { status, answer: text = '', failure } = posted.attempt
  const header = (of: string) => posted.headers?.get(of) ?? undefined
  const fault =
    status === undefined
      ? `there was no answer: ${failure}`
      : handshake.faultOf({ status, body: text, header })
  const report = { provider: name, method, status, answer: text, request }
  return fault === undefined ? { ...report, answered: true } : { ...report, answered: false, fault }
}
