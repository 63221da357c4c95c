import { fence } from '../lib/fence.ts'
import { writeFailure } from '../log/logger.ts'
import type { Provider } from '../model/provider.ts'
import type { Captures } from './captures.ts'
import type { ReceiverSettings } from './settings.ts'

/** Loaded where it is asked for: most receivers keep none, and pay nothing for it. Never rejects. */
export function loadCaptures(
  provider: Provider<object>,
  settings: ReceiverSettings,
): Promise<Captures | undefined> | undefined {
  const { capture, logger, endpoint } = settings
  if (capture === undefined) return undefined
  return import('./captures.ts')
    .then((room) => new room.Captures(provider, capture, settings))
    .catch((error: unknown) => {
      fence(() => writeFailure(logger, `${endpoint}: no refused requests are kept`, error))
      return undefined
    })
}
