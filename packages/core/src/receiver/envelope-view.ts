import type { Covered } from '../lib/parts.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { WebhookRequest } from '../model/request.ts'

/** The parts that a reader looked at. */
export interface Asked {
  /** Something that the scheme does not sign. */
  hasUnsigned: boolean
}

/** The whole request, which notes whether something is looked at that the scheme does not sign. */
export function watchedView(request: WebhookRequest, covered: Covered, asked: Asked): WebhookRequest {
  return new WatchedView(request, covered, asked)
}

/** A class: getters on each object cost more than all that they are asked. */
class WatchedView implements WebhookRequest {
  readonly body: Uint8Array
  readonly #request: WebhookRequest
  readonly #covered: Covered
  readonly #asked: Asked

  constructor(request: WebhookRequest, covered: Covered, asked: Asked) {
    this.body = request.body
    this.#request = request
    this.#covered = covered
    this.#asked = asked
  }

  get method(): string {
    this.#asked.hasUnsigned = true
    return this.#request.method
  }

  get url(): string {
    this.#asked.hasUnsigned = true
    return this.#request.url
  }

  get headers(): RequestHeaders {
    const { headers } = this.#request
    return {
      values: (name) => {
        if (!this.#covered.isSigned({ header: name })) this.#asked.hasUnsigned = true
        return headers.values(name)
      },
    }
  }
}

/** The request as if nothing had come but what the scheme signs. */
export function signedView({ headers, body }: WebhookRequest, covered: Covered): WebhookRequest {
  const values = (name: string) => (covered.isSigned({ header: name }) ? headers.values(name) : [])
  return { method: 'POST', url: '/', headers: { values }, body }
}
