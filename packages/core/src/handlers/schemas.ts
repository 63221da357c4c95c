import { timedOut, withDeadline } from '../lib/deadline.ts'
import { fieldOf } from '../lib/field-of.ts'
import type { Clock } from '../model/clock.ts'
import type { EventSchemaSource, ProviderEvents } from '../model/provider.ts'
import type { EventSchema } from '../model/schema.ts'

/** Bounds of a load. */
interface LoadSettings {
  readonly handlerTimeoutMs: number
  readonly clock: Clock
}

/** The schemas of a provider's events; those that are loaded on demand are loaded once. */
export class Schemas {
  /** A Map: a type such as `constructor` must find nothing. */
  readonly #sources: ReadonlyMap<string, EventSchemaSource<unknown>>
  /** By type; one that fails is forgotten. */
  readonly #loading = new Map<string, Promise<EventSchema>>()
  readonly #settings: LoadSettings

  constructor(events: ProviderEvents<object> | undefined, settings: LoadSettings) {
    this.#sources = new Map(Array.isArray(events) ? [] : Object.entries(events ?? {}))
    this.#settings = settings
  }

  /**
   * The schema of a type; `undefined`: it has none. A value where it is there.
   * @throws whatever the function that loads it throws, or an Error when it takes too long: the next attempt asks again
   */
  of(type: string): EventSchema | undefined | Promise<EventSchema> {
    const source = this.#sources.get(type)
    if (source === undefined || isSchema(source)) return source
    const loading = this.#loading.get(type) ?? this.#load(type, source)
    this.#loading.set(type, loading)
    return loading
  }

  async #load(type: string, load: () => Promise<EventSchema>): Promise<EventSchema> {
    const { handlerTimeoutMs, clock } = this.#settings
    try {
      // Somebody's code, as a handler is: it may hang, and answer anything.
      const schema: unknown = await withDeadline(Promise.resolve().then(load), handlerTimeoutMs, clock)
      if (schema === timedOut)
        throw new Error(`The schema of '${type}' was not loaded within ${handlerTimeoutMs} ms`)
      if (isSchema(schema)) return schema
      throw new TypeError(`The schema of '${type}' that was loaded speaks no Standard Schema`)
    } catch (error) {
      this.#loading.delete(type)
      throw error
    }
  }
}

/** Whether a value is a schema; some libraries' are functions. */
export function isSchema(value: unknown): value is EventSchema {
  return typeof fieldOf(fieldOf(value, '~standard'), 'validate') === 'function'
}
