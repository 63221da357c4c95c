import type { IncomingMessage } from 'node:http'
import type { BodyFailure } from '../model/rejection.ts'
import type { BodyLimits } from '../model/request.ts'
import { scheduleBodyDeadline } from './body-deadline.ts'

/**
 * Reads the raw body of a `node:http` request, counting bytes as they arrive. For adapters on Node.
 * Never rejects: answers `body-consumed` when somebody read it before, and `body-aborted`,
 * `body-too-large` or `body-timeout` for what may happen on the way.
 */
export function readNodeBody(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<Uint8Array | BodyFailure> {
  if (request.readableDidRead || request.readableEnded) return Promise.resolve('body-consumed')
  if (request.destroyed) return Promise.resolve('body-aborted')
  return new Promise((resolve) => {
    const { maxBytes, take } = limits
    const chunks: Buffer[] = []
    let bytes = 0
    const cancel = scheduleBodyDeadline(
      limits,
      () => bytes,
      () => finish('body-timeout'),
    )

    function finish(result: Uint8Array | BodyFailure): void {
      cancel()
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      request.pause()
      resolve(result)
    }
    function onData(chunk: Buffer): void {
      bytes += chunk.byteLength
      if (bytes > maxBytes) finish('body-too-large')
      else if (!take(chunk.byteLength)) finish('overloaded')
      else chunks.push(chunk)
    }
    function onEnd(): void {
      // One chunk is the common case, and needs no copy.
      const [first] = chunks
      finish(first && chunks.length === 1 ? first : Buffer.concat(chunks, bytes))
    }
    function onClose(): void {
      finish('body-aborted')
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
    // Stays: a connection that breaks later must not become an uncaught error.
    request.on('error', onClose)
  })
}

/** The raw bytes that somebody kept of a request. Text and objects are not what was signed, and a getter may parse. */
export function keptBody(request: IncomingMessage): Uint8Array | undefined {
  for (const name of ['rawBody', 'body']) {
    const kept: unknown = Object.getOwnPropertyDescriptor(request, name)?.value
    if (kept instanceof Uint8Array) return kept
  }
  return undefined
}
