import type { EffectCounter } from '../effects.ts'
import type { Examined } from '../examined.ts'
import type { ReceiverProcess } from '../receiver-process.ts'

/** Of a check that needs effects. */
export function counterOf({ counter }: Examined): EffectCounter {
  if (counter) return counter
  throw new TypeError('a check that counts effects needs them: say so in its data')
}

/** Of a check that kills. */
export function receiverOf({ receiver }: Examined): ReceiverProcess {
  if (receiver) return receiver
  throw new TypeError('a check that kills the receiver needs to start it: say so in its data')
}
