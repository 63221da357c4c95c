import type { Provider } from '../model/provider.ts'
import { checkProvider } from './check-provider.ts'

/**
 * Checks and freezes what a provider states. The place to start when you add one.
 * @throws TypeError when a field is unknown or cannot be used
 */
export function defineProvider<Events extends object>(provider: Provider<Events>): Provider<Events> {
  checkProvider(provider)
  return Object.freeze({ ...provider })
}
