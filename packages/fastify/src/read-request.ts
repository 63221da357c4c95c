import { fromNodeRequest, type IncomingRequest } from '@acuse/core/adapter'
import type { FastifyRequest } from 'fastify'

const consumedRemedy =
  'A hook of the app read request.raw before the webhooks did: register them in a scope without that hook'

/** A Fastify request as the receiver takes it; its body is read when the receiver asks. */
export function readRequest(request: FastifyRequest): IncomingRequest {
  return {
    ...fromNodeRequest(request.raw),
    consumedRemedy,
    // Asked by the receiver: a `trustProxy` function of the app may throw.
    get clientAddress() {
      return request.ip
    },
  }
}
