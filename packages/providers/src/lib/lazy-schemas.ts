import type { EventName, EventSchema } from '@acuse/core'
import type { ProviderEvents } from '@acuse/core/provider-kit'

/** Schemas of one module, which is loaded when the first event is handled: a schema library costs a start more than all else. */
export function lazySchemas<Events extends object>(
  names: readonly EventName<Events>[],
  load: () => Promise<{ readonly [Name in EventName<Events>]: EventSchema<Events[Name]> }>,
): ProviderEvents<Events> {
  const sources = names.map((name) => [name, async () => (await load())[name]])
  // One for each name, which the compiler does not see.
  return Object.fromEntries(sources) as ProviderEvents<Events>
}
