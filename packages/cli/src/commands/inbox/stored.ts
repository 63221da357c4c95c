import type { DeliveryPage, DeliverySummary, StoredDelivery } from '@acuse/core/inbox-kit'
import { toDeliveryDocument } from '@acuse/core/inbox-kit'
import type { Context } from '../../command/context.ts'
import { printable, toColumns } from '../../command/print.ts'
import { texts } from './texts.ts'

/** A page of deliveries that are not dead, for a reader. */
export function toPageLines({ language, colors }: Context, { deliveries, next }: DeliveryPage): string[] {
  const { columns, more, noDeliveries } = texts[language]
  const rest = next === undefined ? [] : [colors.dim(more(next))]
  if (deliveries.length === 0) return [noDeliveries, ...rest]
  const { id, received, provider, type, state, attempts, nextAttempt } = columns
  const [head = '', ...rows] = toColumns([
    [id, received, provider, type, state, attempts, nextAttempt],
    ...deliveries.map(toRow),
  ])
  return [colors.bold(head), ...rows, ...rest]
}

function toRow(delivery: DeliverySummary): string[] {
  const { id, receivedAt, provider, type, state, attempt, nextAttemptAt } = delivery
  return [
    printable(id),
    toSeconds(receivedAt),
    printable(provider),
    printable(type),
    state,
    String(attempt),
    nextAttemptAt ? toSeconds(nextAttemptAt) : '-',
  ]
}

/** What is known of one that is not dead, by the names of `language`. */
export function factsOfStored({ language }: Context, stored: StoredDelivery): string[][] {
  const { columns, letter: own } = texts[language]
  const { delivery, completed } = stored
  const facts: readonly (readonly [string, string | undefined])[] = [
    [columns.endpoint, stored.endpoint],
    [columns.provider, stored.provider],
    [columns.type, stored.type],
    [columns.state, stored.state],
    [columns.attempts, String(stored.attempt)],
    [columns.nextAttempt, stored.nextAttemptAt?.toISOString()],
    [columns.handled, stored.handledAt?.toISOString()],
    [columns.completed, completed.length === 0 ? undefined : completed.join(', ')],
    [own.received, delivery.receivedAt.toISOString()],
    [own.occurred, delivery.occurredAt?.toISOString()],
    [own.key, delivery.keyId],
    [own.orderingKey, delivery.orderingKey],
    [own.bodyHash, delivery.bodyHash],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]))
}

/** One that is not dead as one JSON document, byte for byte. */
export function toStoredDocument({ delivery, ...summary }: StoredDelivery): object {
  return { ...summary, delivery: toDeliveryDocument(delivery) }
}

function toSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+/, '')
}
