import { type HandshakeRequest, withQuery } from '@acuse/core/inbox-kit'
import { post, type Transport } from './post.ts'
import type { HandshakeReport } from './report.ts'
import type { Signer } from './signer.ts'

/** Sends a handshake once, and looks at its answer. */
export async function ask(
  { provider: { name }, sending: { timeoutMs } }: Signer,
  handshake: HandshakeRequest,
  { url, ...transport }: Transport & { readonly url: string },
): Promise<HandshakeReport> {
  const { method, headers, body, query } = handshake
  const request = { url: withQuery(url, query), headers, body: Buffer.from(body) }
  const posted = await post(request, { ...transport, method, number: 1, delayMs: 0, timeoutMs })
  const { status, answer: text = '', failure } = posted.attempt
  const header = (of: string) => posted.headers?.get(of) ?? undefined
  const fault =
    status === undefined
      ? `there was no answer: ${failure}`
      : handshake.faultOf({ status, body: text, header })
  const report = { provider: name, method, status, answer: text, request }
  return fault === undefined ? { ...report, answered: true } : { ...report, answered: false, fault }
}
