import type { IncomingMessage } from 'node:http'
import { fromNodeRequest, type IncomingRequest, readNodeBody } from '@acuse/core'
import type { Request } from 'express'

const consumedRemedy =
  'Mount the webhooks before express.json() and other body parsers, or keep the raw body: app.use(express.json({ verify: keepRawBody })) with keepRawBody from @acuse/express'

/** A request whose raw body somebody kept for us. */
interface WithRawBody {
  rawBody?: unknown
}

/** An Express request as the receiver takes it; its body is read when the receiver asks. */
export function readRequest(request: Request): IncomingRequest {
  return {
    ...fromNodeRequest(request),
    url: request.originalUrl,
    // Asked by the receiver: a `trust proxy` function of the app may throw.
    get clientAddress() {
      return request.ip
    },
    consumedRemedy,
    read(limits) {
      const kept = keptBody(request)
      if (kept === undefined) return readNodeBody(request, limits)
      return kept.byteLength > limits.maxBytes ? 'body-too-large' : kept
    },
  }
}

/** The raw bytes that `keepRawBody` or `express.raw()` left. Text and objects are not what was signed. */
function keptBody(request: Request): Uint8Array | undefined {
  const { rawBody } = request as WithRawBody
  if (rawBody instanceof Uint8Array) return rawBody
  return request.body instanceof Uint8Array ? request.body : undefined
}

/**
 * For `express.json({ verify: keepRawBody })`, in apps whose JSON parser must come first: keeps the raw
 * body as `request.rawBody`, where the webhooks find it.
 */
export function keepRawBody(request: IncomingMessage, _response: unknown, body: Uint8Array): void {
  ;(request as WithRawBody).rawBody = body
}
