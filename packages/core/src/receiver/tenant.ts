import { valueAt } from '../lib/canonical-json.ts'
import { disregard } from '../lib/fence.ts'
import { isPromiseLike } from '../lib/options.ts'
import type { JsonObject } from '../model/json.ts'
import type { Provider } from '../model/provider.ts'
import type { Authentic } from '../model/scheme.ts'
import { failed, type Refusal } from './refusal.ts'

/** Whose delivery it is; `undefined`: all keys are one owner's. Or why the key may not say it: that is another's. */
export function findTenant(
  payload: unknown,
  { keyId, tenant }: Authentic,
  tenantOf: Provider<object>['tenantOf'],
): { readonly tenant: string | undefined } | Refusal {
  if (tenantOf === undefined) return { tenant }
  try {
    const named: unknown =
      typeof tenantOf === 'string' ? valueAt(payload, tenantOf) : tenantOf(payload as JsonObject)
    if (named === keyId || (Number.isSafeInteger(named) && String(named) === keyId)) return { tenant: keyId }
    return isPromiseLike(named) ? late(named) : { code: 'tenant-mismatch' }
  } catch (error) {
    // The program's fault, as a scheme's is, and not the sender's.
    return failed('receiver-failed', error)
  }
}

function late(answer: unknown): Refusal {
  disregard(answer)
  const message =
    'tenantOf() of the provider answered a promise: it must answer at once. It answers the name of the tenant'
  return failed('receiver-failed', new TypeError(message))
}
