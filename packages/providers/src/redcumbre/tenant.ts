import type { JsonObject } from '@acuse/core'

/**
 * The tenant that a Redcumbre event names: `tenantId`, or `data.tenantId` of `emisor.revocado`. For `tenantOf`, where each
 * tenant has a secret of its own, by the name that Redcumbre gave it.
 *
 * @example
 * defineProvider({ ...redcumbre({ '8': secretOf8, '9': secretOf9 }), tenantOf: redcumbreTenant })
 */
export function redcumbreTenant(payload: JsonObject): unknown {
  const { tenantId, data } = payload
  const { tenantId: inner }: { readonly tenantId?: unknown } = data ?? {}
  return tenantId ?? inner
}
