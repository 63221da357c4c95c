import type { Delivery } from '../model/delivery.ts'
import type { DeliveryObservation, Observation, Observer } from '../model/observation.ts'
import { fence } from './fence.ts'

/** The fields of an observation about a delivery. */
export function about({
  provider,
  endpoint,
  id,
  type,
  headers,
}: Pick<Delivery, 'provider' | 'endpoint' | 'id' | 'type' | 'headers'>): DeliveryObservation {
  return { provider, endpoint, id, event: type, requestId: headers['x-request-id'] }
}

/** For inboxes: tells an observer. What it throws or rejects is dropped: it cannot lose a delivery. */
export function tell(observer: Observer, observation: Observation): void {
  fence(() => observer(observation))
}
