// Telling somebody what is wrong, without Prometheus: `@acuse/core/alerts`.

import type { Alerts } from './alerts/monitor.ts'
import { Monitor } from './alerts/monitor.ts'
import { type AlertsOptions, toAlertsSettings } from './alerts/options.ts'

export type { Alert, AlertName, AlertUnit, Notifier, NotifyContext } from './alerts/alert.ts'
export type { Alerts } from './alerts/monitor.ts'
export type { AlertsOptions, WatchOptions } from './alerts/options.ts'
export { slackNotifier } from './alerts/slack-notifier.ts'
export type {
  AlertThresholds,
  CountThreshold,
  DurationThreshold,
  MeanThreshold,
  RateThreshold,
} from './alerts/thresholds.ts'
export type { WebhookNotifierOptions } from './alerts/webhook-notifier.ts'
export { webhookNotifier } from './alerts/webhook-notifier.ts'

/**
 * Tells somebody when errors, late retries, duplicates or dead letters rise above what is usual, and when they are back. Each alert
 * fires once and is resolved once, at a lower threshold than the one that it fired at. It sees what this process does: give its
 * observer to the receivers of each process.
 *
 * A notifier that fails or hangs disturbs no receiver: it is tried `attempts` times, then the alert goes to the log.
 * @throws TypeError when an option cannot be used
 * @example
 * import { createReceiver, memoryInbox } from '@acuse/core'
 * import { alerts, slackNotifier } from '@acuse/core/alerts'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const inbox = memoryInbox()
 * const watching = alerts({
 *   notify: slackNotifier(process.env['SLACK_WEBHOOK_URL']),
 *   thresholds: { errorRate: { above: 0.05 }, duplicates: false },
 * })
 * watching.watch(inbox)
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { inbox, observer: watching.observer })
 */
export function alerts(options: AlertsOptions): Alerts {
  return new Monitor(toAlertsSettings(options))
}
