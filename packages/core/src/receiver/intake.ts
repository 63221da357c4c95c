import { type ByteBudget, createByteBudget } from '../lib/byte-budget.ts'
import { describe } from '../lib/options.ts'
import type { Outcome } from '../model/outcome.ts'
import type { IncomingRequest } from '../model/request.ts'
import { isAllowed, precheck } from './precheck.ts'
import type { Reception } from './reception.ts'
import { unread } from './refusal.ts'
import type { RequestScope } from './request-scope.ts'

/** Steps 1 and 2: a request's way from its head to its bytes, and on. */
export class Intake {
  readonly #reception: Reception
  readonly #bytesInFlight: ByteBudget

  constructor(reception: Reception) {
    this.#reception = reception
    this.#bytesInFlight = createByteBudget(reception.parts.settings.maxBytesInFlight)
  }

  /** Rejects where the adapter or the program's own code fails. */
  async take(
    request: IncomingRequest,
    scope: RequestScope,
    hasRead: (body: Uint8Array) => void,
  ): Promise<Outcome> {
    const reception = this.#reception
    const { provider, settings, handshakes, refuse } = reception.parts
    const greeted = isAllowed(request, settings.ipAllowlist) ? handshakes.answerHead(request) : undefined
    if (greeted) return reception.greet(greeted, request.method, scope)
    const refusal = precheck(request, provider.scheme, settings, handshakes)
    // Its body is unread, and would hold the connection for as long as the sender likes.
    if (refusal) return { ...refuse(refusal, scope, request), close: true }
    const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs, clock } = settings
    const share = this.#bytesInFlight.share()
    try {
      const body = await request.read({ maxBytes, timeoutMs, clock, take: share.take })
      if (typeof body === 'string') return refuse(unread(body, request), scope)
      if (!ArrayBuffer.isView(body))
        throw new TypeError(`The adapter read ${describe(body)} for a body: it must be bytes`)
      hasRead(body)
      const { method, url, headers } = request
      return await reception.receive({ method, url, headers, body }, scope)
    } finally {
      share.giveBack()
    }
  }
}
