import type { AttemptFailure, Delivery, Inbox } from '@acuse/core'

/** The states of deliveries that are no dead letters. */
export const liveStates = ['waiting', 'leased', 'delayed', 'handled'] as const

/** One of them. */
export type LiveState = (typeof liveStates)[number]

export interface DeliverySummary {
  readonly id: string
  readonly endpoint: string
  readonly provider: string
  readonly type: string
  readonly state: LiveState
  readonly attempt: number
  readonly receivedAt: Date
  readonly orderingKey: string | undefined
}

export interface StoredDelivery extends DeliverySummary {
  readonly delivery: Delivery
  readonly failures: readonly AttemptFailure[]
  readonly completed: readonly string[]
  readonly nextAttemptAt?: Date | undefined
  readonly handledAt?: Date | undefined
}

export interface DeliveryQuery {
  readonly state?: LiveState
  readonly endpoint?: string
  readonly provider?: string
  readonly type?: string
  readonly orderingKey?: string
  readonly receivedFrom?: Date
  readonly receivedBefore?: Date
  readonly limit?: number
  readonly after?: string
}

export interface DeliveryPage {
  readonly deliveries: readonly DeliverySummary[]
  readonly next: string | undefined
}

export interface Deliveries {
  list(query?: DeliveryQuery): Promise<DeliveryPage>
  get(id: string): Promise<StoredDelivery | undefined>
}

/** The list of all deliveries, where an inbox has one. */
export function deliveriesOf(inbox: Inbox): Deliveries | undefined {
  return (inbox as Inbox & { readonly deliveries?: Deliveries }).deliveries
}
