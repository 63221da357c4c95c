import { createHandle } from '../handle.ts'
import type { HandledTypes } from '../inbox/inbox.ts'
import { sturdyClock } from '../lib/clock.ts'
import type { Provider } from '../provider.ts'
import type { ReceiverSettings } from '../receiver-settings.ts'
import type { Router } from '../router.ts'
import type { Observer } from '../signal.ts'
import type { Desk } from './desk.ts'
import { HandledDesk } from './handled-desk.ts'
import { InboxDesk } from './inbox-desk.ts'

/** The desk of the level of acknowledging that the settings name. */
export function openDesk<Events extends object>(
  provider: Provider<Events>,
  router: Router<Events>,
  { acknowledging, ...settings }: ReceiverSettings,
  observer: Observer,
): Desk {
  const { endpoint, handlesAll } = settings
  const clock = sturdyClock(settings.clock)
  const handles = (): HandledTypes => (handlesAll ? { except: [] } : router.handles())
  const handle = createHandle(provider, router, settings)
  if (acknowledging.ack === 'handled')
    return new HandledDesk({ ...settings, ...acknowledging, clock, handle, handles, observer })
  return new InboxDesk({
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
