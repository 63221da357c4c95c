import type { Provider, Secrets, Sending } from '@acuse/core'
import { isKeys, type StandardWebhooksKeys, toProvider } from '../standard-webhooks/profile.ts'

const hourMs = 3_600_000

/** A sender that Svix sends for. */
interface SvixSender<Events extends object> {
  readonly name: string
  readonly keys: Secrets | StandardWebhooksKeys | undefined
  readonly events?: Provider<Events>['events']
  readonly samples: Sending<Events>['samples']
}

/** Standard Webhooks with Svix's headers and Svix's schedule, which has 27 h 35 min 5 s. */
export function toSvixProvider<Events extends object>(sender: SvixSender<Events>): Provider<Events> {
  const { keys, ...rest } = sender
  return toProvider<Events>({
    ...rest,
    headers: 'svix',
    keys: isKeys(keys) ? keys : { secret: keys },
    timeoutMs: 15_000,
    attemptDelaysMs: [0, 5_000, 300_000, hourMs / 2, 2 * hourMs, 5 * hourMs, 10 * hourMs, 10 * hourMs],
  })
}
