import type { IncomingMessage } from 'node:http'
import { fromNodeRequest, type IncomingRequest } from '@acuse/core/adapter'
import type { Request } from 'express'

const consumedRemedy =
  "Mount the webhooks before express.json() and other body parsers, or keep the raw body: app.use(express.json({ limit: '1mb', verify: keepRawBody })) with keepRawBody from @acuse/express"

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
  }
}

/**
 * For `express.json({ limit: '1mb', verify: keepRawBody })`, in apps whose JSON parser must come first: keeps the raw
 * body as `request.rawBody`, where the webhooks find it. The parser's own limit is 100 kB, and the webhooks' 1 MiB
 * (`maxBodyBytes`): what is larger is refused by the parser, with a page of Express.
 * @example
 * import { keepRawBody, redcumbreWebhooks } from '@acuse/express'
 * import express from 'express'
 *
 * const app = express()
 * app.use(express.json({ limit: '1mb', verify: keepRawBody }))
 * app.use(redcumbreWebhooks(process.env['REDCUMBRE_SECRET']))
 */
export function keepRawBody(request: IncomingMessage, _response: unknown, body: Uint8Array): void {
  Object.assign(request, { rawBody: body })
}
