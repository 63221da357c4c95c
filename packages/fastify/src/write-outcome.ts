import type { Outcome } from '@acuse/core'
import type { FastifyReply } from 'fastify'

/** Writes an outcome, unless the client is gone or somebody answered already. */
export function writeOutcome({ status, headers, body, close }: Outcome, reply: FastifyReply): void {
  if (reply.sent || reply.raw.destroyed) return
  reply.code(status).headers(headers)
  if (close) reply.header('connection', 'close')
  // As bytes: to text Fastify adds a charset that JSON does not have (RFC 8259 §11).
  reply.send(Buffer.from(body))
}
