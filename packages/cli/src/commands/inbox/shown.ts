import type { DeadLetter } from '@acuse/core'
import { toDeliveryDocument } from '@acuse/core/inbox-kit'

/** `45s`, `3m`, `2h 5m`, `4d 3h`. */
export function toAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const
  const at = units.findIndex(([, size]) => seconds >= size)
  const [first, second] = at === -1 ? [] : [units[at], units[at + 1]]
  if (!first) return '0s'
  const [unit, size] = first
  const whole = `${Math.floor(seconds / size)}${unit}`
  const rest = second && unit !== 'm' ? Math.floor((seconds % size) / second[1]) : 0
  return second && rest > 0 ? `${whole} ${rest}${second[0]}` : whole
}

/** A dead letter as one JSON document, byte for byte. */
export function toDocument({ delivery, failures, ...summary }: DeadLetter): object {
  return { ...summary, failures, delivery: toDeliveryDocument(delivery) }
}

/** Bytes in base64. */
export function toBase64(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
}
