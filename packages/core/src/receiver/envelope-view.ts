import type { WebhookRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'

/** The parts that a reader looked at. */
export interface Asked {
  /** Something that the scheme does not sign. */
  hasUnsigned: boolean
}

/** The whole request, which notes whether something is looked at that the scheme does not sign. */
export function watchedView(request: WebhookRequest, scheme: Scheme, asked: Asked): WebhookRequest {
  const { headers, body } = request
  return {
    get method() {
      asked.hasUnsigned = true
      return request.method
    },
    get url() {
      asked.hasUnsigned = true
      return request.url
    },
    headers: {
      values(name) {
        if (!isSigned(scheme, name)) asked.hasUnsigned = true
        return headers.values(name)
      },
    },
    body,
  }
}

/** The request as if nothing had come but what the scheme signs. */
export function signedView({ headers, body }: WebhookRequest, scheme: Scheme): WebhookRequest {
  const values = (name: string) => (isSigned(scheme, name) ? headers.values(name) : [])
  return { method: 'POST', url: '/', headers: { values }, body }
}

function isSigned({ signedHeaders = [] }: Scheme, name: string): boolean {
  return signedHeaders.includes(name)
}
