import type { EventName, EventOf, EventPattern, UnknownEvent } from './event.ts'
import { describe } from './lib/options.ts'
import type { Provider } from './provider.ts'

/** What a handler is told beside the event. */
export interface HandlerContext {
  /** The number of this attempt, from 1. Over 1: an earlier one failed, or was cut short. */
  readonly attempt: number
}

/**
 * Handles one event. It succeeds by returning; what it throws, or a promise that it rejects, is tried
 * again. An event can be handed out more than once: use `event.id` to do its effect once.
 */
export type Handler<Event> = (event: Event, context: HandlerContext) => unknown

/** Handlers by pattern: what `on` takes, as an object. */
export type Handlers<Events extends object> = {
  readonly [Pattern in EventPattern<Events>]?: Handler<EventOf<Events, Pattern>>
}

/** Typed registration of handlers. */
export interface Registration<Events extends object> {
  /**
   * Registers a handler for an event's name, `prefix.*`, or `*`. Several may match one event: all run, in
   * the order of registration. Register before the first delivery arrives.
   * @throws TypeError when the provider documents no such event
   */
  on<Pattern extends EventPattern<Events>>(pattern: Pattern, handler: Handler<EventOf<Events, Pattern>>): void
  /** Registers a handler for authentic events that the provider's documents do not list. */
  onUnknown(handler: Handler<UnknownEvent>): void
}

type AnyHandler = Handler<never>

/** Which handlers an event goes to. */
export interface Router<Events extends object> extends Registration<Events> {
  /** The handlers of an event, in the order of registration. */
  handlersOf(type: string): readonly AnyHandler[]
}

/** A router for a provider's events, with the handlers that options name. */
export function createRouter<Events extends object>(
  provider: Pick<Provider<Events>, 'name' | 'events'>,
  handlers: Handlers<Events> = {},
  unknownHandler?: Handler<UnknownEvent>,
): Router<Events> {
  const names = Object.keys(provider.events) as EventName<Events>[]
  const byType = new Map<string, AnyHandler[]>(names.map((name) => [name, []]))
  const unknown: AnyHandler[] = []

  const router: Router<Events> = {
    on(pattern, handler) {
      checkHandler(`on('${String(pattern)}')`, handler)
      const matching = names.filter((name) => matches(name, pattern))
      if (matching.length === 0) {
        const list = names.map((name) => `'${name}'`).join(', ')
        throw new TypeError(`${provider.name} documents no event '${String(pattern)}'. Its events: ${list}`)
      }
      for (const name of matching) byType.get(name)?.push(handler as AnyHandler)
    },
    onUnknown(handler) {
      checkHandler('onUnknown', handler)
      unknown.push(handler as AnyHandler)
    },
    handlersOf: (type) => byType.get(type) ?? unknown,
  }
  for (const [pattern, handler] of Object.entries(handlers)) {
    router.on(pattern as EventPattern<Events>, handler as Handler<unknown>)
  }
  if (unknownHandler !== undefined) router.onUnknown(unknownHandler)
  return router
}

function matches(name: string, pattern: string): boolean {
  if (pattern === '*' || pattern === name) return true
  return typeof pattern === 'string' && pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))
}

function checkHandler(where: string, handler: unknown): void {
  if (typeof handler !== 'function')
    throw new TypeError(`${where} takes a function, not ${describe(handler)}`)
}
