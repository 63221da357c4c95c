// Asking a provider's API for what its webhooks missed: `@acuse/core/reconcile`.
import type { Receiver } from './receiver/receiver.ts'
import { reconcilingOf } from './receiver/reconciling.ts'
import { toReconcileSettings } from './reconcile/options.ts'
import { Rounds } from './reconcile/rounds.ts'
import type { ReconcileOptions, Reconciler } from './reconcile/types.ts'

export type {
  ListedItem,
  ListedPage,
  ReconcileOptions,
  ReconcileRound,
  Reconciler,
} from './reconcile/types.ts'

/**
 * Asks a provider's API, again and again, what events it has, and accepts into the receiver's inbox those that its webhooks
 * missed: a sender that gave up has lost the event otherwise. What was received already is known by its idempotency key, and is
 * left alone. Handlers find `trust: 'reconciled'` in their context: nobody signed such an event, you asked for it.
 *
 * Nothing runs before `start()` or `round()`. It uses the clock, the logger and the observer of the receiver.
 * @throws TypeError when the receiver has no inbox, or an option cannot be used
 * @example
 * import { createReceiver, type Inbox } from '@acuse/core'
 * import { reconcile } from '@acuse/core/reconcile'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * export function startReconciling(inbox: Inbox) {
 *   const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { inbox })
 *   const reconciler = reconcile(receiver, {
 *     async list(since, _cursor, signal) {
 *       const response = await fetch(`https://api.example.cl/events?since=${since.toISOString()}`, { signal })
 *       if (!response.ok) throw new Error(`The API answered ${response.status}`)
 *       const events = (await response.json()) as readonly unknown[]
 *       return { items: events.map((event) => ({ body: JSON.stringify(event) })) }
 *     },
 *   })
 *   reconciler.start()
 *   return { receiver, reconciler }
 * }
 */
export function reconcile<Events extends object>(
  receiver: Receiver<Events>,
  options: ReconcileOptions,
): Reconciler {
  const isObject = typeof receiver === 'object' && receiver !== null
  const parts = isObject ? reconcilingOf(receiver) : undefined
  if (parts === undefined)
    throw new TypeError(
      'reconcile must be given a receiver that createReceiver made, such as webhooks.receiver',
    )
  return new Rounds(parts, toReconcileSettings(parts, options))
}
