import { disregard } from '../lib/fence.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { IncomingRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'
import type { TraceCarrier } from './tracer.ts'

const requestIdGrammar = /^[\x21-\x7e]{1,200}$/
/** W3C Trace Context §3.2: version, trace id, parent id, flags; version ff is invalid, and so are ids of zeros. */
const traceparentGrammar = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/
/** §3.3.1.5: 512 characters are kept at least. */
const tracestateGrammar = /^[\x20-\x7e]{1,512}$/

/** What is read of a request for it. */
export type ScopeHead = Pick<IncomingRequest, 'headers' | 'timeLeftMs'>

/** Settings of {@link RequestScope}. */
export interface ScopeSettings {
  /** Whether the request's headers may be read for it: none of them is a key. */
  readonly readsHeaders: boolean
  readonly ackTimeoutMs: number
}

const traceHeaders: readonly string[] = ['x-request-id', 'traceparent', 'tracestate']

/** Whether none of the headers of tracing can be the key of a scheme that signs nothing: it would be stored, and logged. */
export function mayReadTrace({ signs, headers }: Scheme): boolean {
  if (signs.length > 0) return true
  return headers !== undefined && !headers.some((name) => traceHeaders.includes(name.toLowerCase()))
}

/** One request on its way: its name in logs, its place in a trace, and its time. What is not asked for costs nothing. */
export class RequestScope {
  /** When its first byte came, by the monotonic clock, in milliseconds. */
  readonly startedAt: number
  /** When it must be answered. */
  readonly until: number
  readonly #headers: RequestHeaders
  readonly #readsHeaders: boolean
  readonly #carrier: TraceCarrier | undefined
  #kept: Readonly<Record<string, string>> | undefined

  constructor(
    headers: RequestHeaders,
    startedAt: number,
    { readsHeaders, ackTimeoutMs }: ScopeSettings,
    carrier?: TraceCarrier,
    timeLeftMs: number | undefined = ackTimeoutMs,
  ) {
    this.startedAt = startedAt
    // No adapter makes it longer, whatever it gives.
    this.until = startedAt + (Number.isFinite(timeLeftMs) ? Math.min(ackTimeoutMs, timeLeftMs) : ackTimeoutMs)
    this.#headers = headers
    this.#readsHeaders = readsHeaders
    this.#carrier = carrier
  }

  get requestId(): string | undefined {
    return this.headers['x-request-id']
  }

  /** What is kept of it with each delivery, as headers: `x-request-id`, and `traceparent` and `tracestate` in a trace. */
  get headers(): Readonly<Record<string, string>> {
    this.#kept ??= Object.freeze(this.#toHeaders())
    return this.#kept
  }

  /** An adapter made by hand, or a tracer, may give anything: nothing is refused for want of a name. */
  #toHeaders(): Record<string, string> {
    try {
      return this.#readHeaders()
    } catch {
      return { 'x-request-id': crypto.randomUUID() }
    }
  }

  #readHeaders(): Record<string, string> {
    const traceparent = matching(this.#carrier?.traceparent ?? this.#one('traceparent'), traceparentGrammar)
    const requestId =
      matching(this.#one('x-request-id'), requestIdGrammar) ??
      traceparent?.slice(3, 35) ??
      crypto.randomUUID()
    if (traceparent === undefined) return { 'x-request-id': requestId }
    const stated = this.#carrier ? this.#carrier.tracestate : this.#joined('tracestate')
    const tracestate = matching(stated, tracestateGrammar)
    return {
      'x-request-id': requestId,
      traceparent,
      ...(tracestate === undefined ? undefined : { tracestate }),
    }
  }

  #one(name: string): string | undefined {
    if (!this.#readsHeaders) return undefined
    const values = this.#values(name)
    return values.length === 1 ? values[0] : undefined
  }

  /** §3.3.1: it may come in several, which are one list. */
  #joined(name: string): string | undefined {
    return this.#values(name).join(',')
  }

  #values(name: string): readonly string[] {
    const values: unknown = this.#headers.values(name)
    disregard(values)
    return Array.isArray(values) ? values : []
  }
}

function matching(value: unknown, grammar: RegExp): string | undefined {
  return typeof value === 'string' && grammar.test(value) ? value : undefined
}
