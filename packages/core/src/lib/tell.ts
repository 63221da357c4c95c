import type { Delivery } from '../model/delivery.ts'
import type { DeliverySignal, Observer, Signal } from '../model/observation.ts'
import { fence } from './fence.ts'

/** What a signal about a delivery says of it. */
export function about({ provider, id, type }: Pick<Delivery, 'provider' | 'id' | 'type'>): DeliverySignal {
  return { provider, id, event: type }
}

/** For inboxes: tells an observer. What it throws or rejects is dropped: it cannot lose a delivery. */
export function tell(observer: Observer, signal: Signal): void {
  fence(() => observer(signal))
}
