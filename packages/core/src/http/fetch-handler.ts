import { checkOptions } from '../lib/check-options.ts'
import { fromFetchHeaders } from '../model/headers.ts'
import type { Outcome } from '../model/outcome.ts'
import type { BodyFailure } from '../model/rejection.ts'
import type { BodyLimits, IncomingRequest } from '../model/request.ts'
import { waitUntilOf } from '../receiver/after-answer.ts'
import { takeRequest } from '../receiver/misrouted.ts'
import type { Receiver } from '../receiver/receiver.ts'
import { scheduleBodyDeadline } from './body-deadline.ts'
import { checkReceiver } from './check-receiver.ts'

/** A handler of WHATWG `Request`s. */
export type FetchHandler = (request: Request, env?: unknown, context?: WaitUntil) => Promise<Response>

/** The context that a runtime which stops with its answer passes beside a request, such as Workers. */
export interface WaitUntil {
  /** Keeps it going after its answer, until the promise settles. */
  waitUntil?(promise: Promise<unknown>): void
}

/** Options of {@link toFetchHandler}. */
export interface FetchHandlerOptions {
  /**
   * The address of the client, for `ipAllowlist`: a `Request` tells none, and the runtime or a trusted proxy
   * does. Never a header that the client can set.
   */
  readonly clientAddress?: (request: Request) => string | undefined
  /**
   * Has the runtime go on after the answer until a promise settles: `after` of `next/server`. Default: what the
   * runtime hands over beside the request (Workers, Netlify, Vercel), or has in a place of its own.
   */
  readonly waitUntil?: (work: Promise<unknown>) => void
}

/**
 * `Request → Response`, for runtimes and frameworks that speak fetch. It answers on every path: routing is
 * its caller's.
 * @throws TypeError when it is given no receiver, or an option cannot be used
 * @example
 * import { createReceiver, toFetchHandler } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { ack: 'handled' })
 * receiver.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * export const POST = toFetchHandler(receiver)
 */
export function toFetchHandler(
  receiver: Pick<Receiver<never>, 'handle'>,
  options: FetchHandlerOptions = {},
): FetchHandler {
  checkReceiver('toFetchHandler', receiver)
  checkOptions('toFetchHandler options', options, { clientAddress: 'function', waitUntil: 'function' })
  const { clientAddress, waitUntil } = options
  return async (request, env, context) => {
    takeRequest(request)
    const outcome = await receiver.handle({
      ...fromFetchRequest(request),
      // Workers hand over (request, env, context), and others (request, context).
      waitUntil: waitUntil ?? waitUntilOf(context) ?? waitUntilOf(env),
      // Asked by the receiver, which answers whatever it does.
      get clientAddress() {
        return clientAddress?.(request)
      },
    })
    return toResponse(outcome)
  }
}

/** What is read of a WHATWG `Request`; what runtimes have in its place, such as the `HttpRequest` of Azure Functions, fits too. */
export interface FetchRequest extends Pick<Request, 'method' | 'url' | 'bodyUsed'> {
  /** The headers, by name. */
  readonly headers: Pick<Headers, 'get'>
  /** The body, which is read once. */
  readonly body: {
    /** Whether somebody reads it. */
    readonly locked: boolean
    /** Locks it, to read it. */
    getReader(): Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>
  } | null
}

/** A WHATWG `Request` as the receiver takes it; its body is read when the receiver asks. */
export function fromFetchRequest(request: FetchRequest, clientAddress?: string | undefined): IncomingRequest {
  return {
    clientAddress,
    method: request.method,
    url: request.url,
    headers: fromFetchHeaders(request.headers),
    read: (limits) => readFetchBody(request, limits),
  }
}

/** An outcome as a WHATWG `Response`. */
export function toResponse({ status, headers, body, close }: Outcome): Response {
  const init = { status, headers: close ? { ...headers, connection: 'close' } : { ...headers } }
  // A 204 with a body, even an empty one, throws (WHATWG Fetch §6.4); an empty one is no text/plain.
  return new Response(body === '' ? null : body, init)
}

async function readFetchBody(request: FetchRequest, limits: BodyLimits): Promise<Uint8Array | BodyFailure> {
  if (request.bodyUsed || request.body?.locked) return 'body-consumed'
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const arrived: Arrived = { chunks: [], bytes: 0 }
  return new Promise((resolve) => {
    const cancel = scheduleBodyDeadline(
      limits,
      () => arrived.bytes,
      () => finish('body-timeout'),
    )

    function finish(result: Uint8Array | BodyFailure): void {
      cancel()
      if (typeof result === 'string') reader.cancel().catch(() => {})
      resolve(result)
    }
    readAll(reader, arrived, limits).then(finish, () => finish('body-aborted'))
  })
}

interface Arrived {
  readonly chunks: Uint8Array[]
  bytes: number
}

async function readAll(
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'read'>,
  arrived: Arrived,
  { maxBytes, take }: BodyLimits,
): Promise<Uint8Array | BodyFailure> {
  const { chunks } = arrived
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    arrived.bytes += part.value.byteLength
    if (arrived.bytes > maxBytes) return 'body-too-large'
    if (!take(part.value.byteLength)) return 'overloaded'
    chunks.push(part.value)
  }
  const [first] = chunks
  return first && chunks.length === 1 ? first : Buffer.concat(chunks, arrived.bytes)
}
