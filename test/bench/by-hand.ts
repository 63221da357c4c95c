// What a program without a library does.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { secret, secretKey } from './signed.ts'

/** The least that verifies: the key parsed once, the signature decoded, digests compared in constant time. */
export function verifyByHand(body: Uint8Array, signature: string): boolean {
  const digest = createHmac('sha256', secretKey).update(body).digest()
  const given = Buffer.from(signature, 'hex')
  return given.length === digest.length && timingSafeEqual(digest, given)
}

/** Redcumbre's own example («Seguridad: Validación HMAC»), as it stands there, of the parsed payload. */
export function validateWebhookSignature(payload: unknown, signature: string, secretText = secret): boolean {
  const hmac = createHmac('sha256', secretText)
  hmac.update(JSON.stringify(payload))
  const expectedSignature = hmac.digest('hex')
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expectedSignature))
}

/** Remembers what was handled, and hands on what is new: the duties of a receiver, in their shortest form. */
export interface EqualDuties {
  /** `duplicate` where the event was seen before; else its handler runs when the caller has answered. */
  accept(payload: ByHandPayload): 'accepted' | 'duplicate'
  readonly handled: () => number
}

/** The fields of an event that a program by hand looks at. */
export interface ByHandPayload {
  readonly event: string
  readonly bheId: string
}

/** @param defer calls the handler; by default when the answer is out */
export function createEqualDuties(
  defer: (handle: (payload: ByHandPayload) => void, payload: ByHandPayload) => void = setImmediate,
): EqualDuties {
  const seen = new Map<string, number>()
  let handled = 0
  function handle(_payload: ByHandPayload): void {
    handled++
  }
  return {
    accept(payload) {
      const key = `${payload.event}:${payload.bheId}`
      if (seen.has(key)) return 'duplicate'
      seen.set(key, Date.now())
      defer(handle, payload)
      return 'accepted'
    },
    handled: () => handled,
  }
}
