import type { Provider } from '../model/provider.ts'
import type { WebhookRequest } from '../model/request.ts'
import { authenticate } from './authenticate.ts'
import { type Opened, open } from './read-body.ts'
import type { Refusal } from './refusal.ts'
import { findTenant } from './tenant.ts'

/** A request that is proven, and read. */
export interface Proven extends Opened {
  readonly keyId: string
  /** Whose it is, where keys are by tenant. */
  readonly tenant: string | undefined
}

/** Steps 3 and 4: who sent a request, what it says, and whether its key may say it. */
export function prove<Events extends object>(
  request: WebhookRequest,
  provider: Provider<Events>,
): Proven | Refusal {
  const proof = authenticate(provider.scheme, request)
  if ('code' in proof) return proof
  const opened = open(request, provider)
  if ('code' in opened) return { ...opened, authentic: true }
  const owner = findTenant(opened.payload, proof, provider.tenantOf)
  if ('code' in owner) return { ...owner, authentic: true }
  const { envelope, payload, bodyHash } = opened
  // Field by field: a spread takes a microsecond.
  return { envelope, payload, bodyHash, keyId: proof.keyId, tenant: owner.tenant }
}
