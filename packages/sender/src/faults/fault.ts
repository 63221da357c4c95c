import type { JsonObject, Provider } from '@acuse/core'
import { processWide, type SignedDelivery } from '@acuse/core/inbox-kit'
import type { Signer } from '../signer.ts'

/** Something wrong with how an event is sent, by its name, for `sender.with`. */
export interface Fault {
  /** Its name, such as `tamperedBody`. */
  readonly name: string
}

/** Its parts; each is absent where it changes nothing. */
export interface FaultParts {
  /**
   * The time to sign instead.
   * @throws TypeError when the provider signs none
   */
  readonly at?: (at: Date, provider: Provider<object>) => Date
  /** Whether it is signed with another secret of the same kind. */
  readonly wrongSecret?: true
  /** Lays more over the payload, before it is signed. */
  readonly payload?: (provider: Provider<object>) => object
  /**
   * Changes the request after it was signed.
   * @throws TypeError when the provider sends nothing that could be changed so
   */
  readonly change?: (request: SignedDelivery, sent: SentFaulty) => SignedDelivery
  /** How the body travels. */
  readonly travels?: Travels
  /** What is sent beside it. */
  readonly sends?: Beside
}

/** How a body travels: slowly, cut short with an end, or with the connection broken off in its middle. */
export type Travels = 'slowly' | 'truncated' | 'aborted'

/**
 * What is sent beside an event: copies of the same bytes, one after another or at once; the event that overtakes it; or the
 * event as somebody without the key, or its own sender, repeats it.
 */
type Beside =
  | { readonly copies: number; readonly atOnce: boolean }
  | { readonly again: 'overtaken' | 'fresh-headers' | 'renamed' | 'new-attempt' }

/** What a fault knows of what it changes. */
interface SentFaulty {
  readonly signer: Signer
  /** The stamped payload. */
  readonly payload: JsonObject
}

const partsByFault = processWide('faults/1', () => new WeakMap<Fault, FaultParts>())

/** A fault of these parts. */
export function toFault(name: string, parts: FaultParts): Fault {
  const fault = Object.freeze({ name })
  partsByFault.set(fault, parts)
  return fault
}

/**
 * The parts of a fault.
 * @throws TypeError when it is none
 */
export function partsOf(fault: Fault): FaultParts {
  const parts = partsByFault.get(fault)
  if (parts) return parts
  throw new TypeError(
    'with takes faults of @acuse/sender, such as tamperedBody or duplicate(3); toNamedFault has them by their names',
  )
}
