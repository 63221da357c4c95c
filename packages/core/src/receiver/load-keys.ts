import { fence } from '../lib/fence.ts'
import { fieldOf } from '../lib/field-of.ts'
import { writeFailure } from '../log/logger.ts'
import type { Provider } from '../model/provider.ts'
import type { ReceiverSettings } from './settings.ts'
import { warnOfSharedKeys } from './shared-keys.ts'

/** Asks for the keys that are given by functions, and says what is wrong before a request does. Never throws. */
export function loadKeys(
  { name, scheme }: Pick<Provider<object>, 'name' | 'scheme'>,
  { clock, logger, endpoint }: Pick<ReceiverSettings, 'clock' | 'logger' | 'endpoint'>,
): void {
  if (!scheme.loadKeys) return
  fence(async () => {
    const failure = await scheme.loadKeys?.({ clock })
    return failure
      ? writeFailure(logger, `${name}: no key`, fieldOf(failure, 'error'))
      : warnOfSharedKeys(scheme, endpoint, logger)
  })
}
