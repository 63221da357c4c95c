import type { Provider } from '@acuse/core'

/** A provider under the caller's types: payloads are handed on as they came, and the caller may know them better. */
export function typed<Events extends object>(provider: Provider<object>): Provider<Events> {
  return provider as Provider<Events>
}
