import type { Inbox } from '../inbox/inbox.ts'
import { processWide } from '../lib/process-wide.ts'
import type { Observer } from '../model/observation.ts'
import type { Provider } from '../model/provider.ts'
import type { AckStrategy } from './ack/strategy.ts'
import type { DeliverySettings } from './build-delivery.ts'
import type { Reading } from './reading.ts'
import type { ReceiverSettings } from './settings.ts'

/** The parts of a receiver that take what its program vouches for. No request reaches them. */
export interface Reconciling {
  readonly provider: Provider<object>
  readonly settings: ReceiverSettings
  readonly reading: Reading
  readonly delivery: DeliverySettings
  readonly ack: AckStrategy
  readonly inbox: Inbox | undefined
  readonly observer: Observer
  readonly isClosing: () => boolean
  /** Begins to hand out. */
  readonly start: () => void
}

// Beside the receiver and not in it: an adapter, or whatever else has a receiver, finds no way to an unsigned accept.
const partsByReceiver = processWide('reconciling/1', () => new WeakMap<object, Reconciling>())

/** Lets `@acuse/core/reconcile` work with a receiver. */
export function letReconcile(receiver: object, parts: Reconciling): void {
  partsByReceiver.set(receiver, parts)
}

/** The parts of a receiver; `undefined` of anything else. */
export function reconcilingOf(receiver: object): Reconciling | undefined {
  return partsByReceiver.get(receiver)
}
