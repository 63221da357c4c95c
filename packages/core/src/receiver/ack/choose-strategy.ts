import { createHandle } from '../../handlers/process-delivery.ts'
import type { RecentPayloads } from '../../handlers/recent-payloads.ts'
import type { Router } from '../../handlers/router.ts'
import type { Handle, HandledTypes } from '../../inbox/inbox.ts'
import { sturdyClock } from '../../lib/check-clock.ts'
import { runTraced } from '../../lib/run-traced.ts'
import type { Observer } from '../../model/observation.ts'
import type { Provider } from '../../model/provider.ts'
import type { ReceiverSettings } from '../settings.ts'
import type { Tracer } from '../tracer.ts'
import { AckOnAccepted } from './on-accepted.ts'
import { AckOnHandled } from './on-handled.ts'
import type { AckStrategy } from './strategy.ts'

/** The ack strategy that the settings name. */
export function chooseAckStrategy<Events extends object>(
  provider: Provider<Events>,
  router: Router<Events>,
  { acknowledging, ...settings }: ReceiverSettings,
  payloads: RecentPayloads,
  observer: Observer,
): AckStrategy {
  const { endpoint, handlesAll } = settings
  const clock = sturdyClock(settings.clock)
  const handles = (): HandledTypes => (handlesAll ? { except: [] } : router.handles())
  const handle = tracedHandle(createHandle(provider, router, { ...settings, payloads }), settings.tracer)
  if (acknowledging.ack === 'handled')
    return new AckOnHandled({ ...settings, ...acknowledging, clock, handle, handles, observer })
  return new AckOnAccepted({
    ...settings,
    ...acknowledging,
    provider: provider.name,
    endpoint,
    clock,
    handle,
    handles,
    observer,
  })
}

function tracedHandle(handle: Handle, tracer: Tracer | undefined): Handle {
  if (!tracer) return handle
  return (delivery, lease) => {
    const traced = { delivery, attempt: lease.attempt, isReplay: lease.isReplay ?? false }
    return runTraced(
      (once) => tracer.process(traced, once),
      () => handle(delivery, lease),
    )
  }
}
