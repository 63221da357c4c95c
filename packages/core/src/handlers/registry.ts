import type { HandledTypes } from '../inbox/inbox.ts'
import { describe, knownOptions } from '../lib/options.ts'
import type { EventName, EventOf, EventPattern, UnknownEvent } from '../model/event.ts'
import type { Logger } from '../model/logger.ts'
import type { Provider } from '../model/provider.ts'
import { HandlerNames } from './names.ts'

/** A handler's context, beside the event. */
export interface HandlerContext {
  /** The event's id: the key of your own idempotency. */
  readonly id: string
  /**
   * The number of this attempt, from 1. Over 1: an earlier one failed, or was cut short. With
   * `ack: 'handled'` always 1: the sender makes the attempts, and does not number them.
   */
  readonly attempt: number
  /**
   * Aborted when the result will not count any more: `handlerTimeoutMs` passed, or the lease was lost. What a listener
   * of yours throws is an uncaught exception, as with every AbortSignal: nobody can catch it for you.
   */
  readonly signal: AbortSignal
  /** The name of the key that verified the request: the tenant's, where keys are by tenant; else such as `default`. */
  readonly keyId: string
  /** The headers that the option `keepHeaders` names, in lower case. As a rule nobody signed them. */
  readonly headers: Readonly<Record<string, string>>
  /** The receiver's logger; each line names the event. What it throws or rejects fails nothing. */
  readonly log: Logger
}

/**
 * Handles one event. It succeeds by returning; what it throws, or a promise that it rejects, is tried
 * again. An event can be handed out more than once: use `event.id` to do its effect once.
 */
export type Handler<Event> = (event: Event, context: HandlerContext) => unknown

/**
 * Handles one event and answers its sender: what it returns, or its promise gives, becomes the body of the
 * 200, as JSON. `undefined`: the usual body.
 */
export type Responder<Event> = (event: Event, context: HandlerContext) => unknown

/** Handlers by pattern: what `on` takes, as an object. */
export type Handlers<Events extends object> = {
  readonly [Pattern in EventPattern<Events>]?: Handler<EventOf<Events, Pattern>>
}

/** Options of `on`. */
export interface HandlerOptions {
  /**
   * Under which name its completion is remembered: a retry runs only the handlers that have not completed.
   * Unique for an event. Default: the pattern and the function's own name; a hash of its source where it has none, or
   * where two share it. Give one to what a factory makes (its functions look the same), and where code is minified.
   */
  readonly name?: string
}

/** Typed registration of handlers. */
export interface Registration<Events extends object> {
  /**
   * Registers a handler for an event's name, `prefix.*`, or `*`. Several may match one event: all run, in
   * the order of registration. Nothing is handed out before the first request or `work()`, and only what has a
   * handler: events of other types wait.
   * @throws TypeError when the provider documents no such event
   */
  on<Pattern extends EventPattern<Events>>(
    pattern: Pattern,
    handler: Handler<EventOf<Events, Pattern>>,
    options?: HandlerOptions,
  ): void
  /** Registers a handler for authentic events that the provider's documents do not list. */
  onUnknown(handler: Handler<UnknownEvent>, options?: HandlerOptions): void
  /**
   * Registers the handler that answers: what it returns becomes the body of the 200, as JSON. It runs after the
   * other handlers of the event. Keep it small: it is remembered with the idempotency key, for copies. Needs
   * `ack: 'handled'`.
   * @throws TypeError when the event has one already, or the answer does not wait for handlers
   */
  respond<Pattern extends EventPattern<Events>>(
    pattern: Pattern,
    responder: Responder<EventOf<Events, Pattern>>,
  ): void
}

/** A registered handler. */
export interface NamedHandler {
  readonly name: string
  readonly run: Handler<never>
}

/** The handlers of an event. */
export interface EventHandlers {
  /** In the order of registration. */
  readonly handlers: readonly NamedHandler[]
  /** The one that answers. */
  readonly responder?: NamedHandler | undefined
}

/** Which handlers an event goes to. */
export interface Router<Events extends object> extends Registration<Events> {
  /** The handlers of an event. */
  handlersOf(type: string): EventHandlers
  /** Which types have a handler, or one that answers. */
  handles(): HandledTypes
}

/** The handlers that options name. */
interface RouterOptions<Events extends object> {
  readonly on?: Handlers<Events>
  readonly onUnknown?: Handler<UnknownEvent>
  readonly respond?: Handlers<Events>
}

interface Route {
  readonly handlers: NamedHandler[]
  /** Names that are taken, and whether each was given. */
  readonly taken: Map<string, boolean>
  responder?: NamedHandler
}

const maxNameLength = 200

/** A router for a provider's events, with the handlers that options name. */
export function createRouter<Events extends object>(
  provider: Pick<Provider<Events>, 'name' | 'events'>,
  { on = {}, onUnknown, respond = {} }: RouterOptions<Events> = {},
): Router<Events> {
  const names = Object.keys(provider.events) as EventName<Events>[]
  const routes = new Map<string, Route>(names.map((name) => [name, createRoute()]))
  const unknown = createRoute()
  const derived = new HandlerNames()
  let handled: HandledTypes | undefined

  function routesOf(pattern: string): Route[] {
    const matching = names.filter((name) => matches(name, pattern))
    if (matching.length > 0) return matching.map((name) => routes.get(name) as Route)
    const list = names.map((name) => `'${name}'`).join(', ')
    throw new TypeError(`${provider.name} documents no event '${pattern}'. Its events: ${list}`)
  }

  function register(
    found: readonly Route[],
    pattern: string,
    run: Handler<never>,
    options: HandlerOptions,
  ): void {
    const given = checkName(pattern, options)
    if (given !== undefined) take(found, given, true)
    const name = given === undefined ? derived.add(pattern, run) : undefined
    if (name) take(found, name.base, false)
    const handler = {
      run,
      get name() {
        return name?.read() ?? String(given)
      },
    }
    for (const { handlers } of found) handlers.push(handler)
    handled = undefined
  }

  const router: Router<Events> = {
    on(pattern, handler, options = {}) {
      checkHandler(`on('${String(pattern)}')`, handler)
      register(routesOf(String(pattern)), String(pattern), handler as Handler<never>, options)
    },
    onUnknown(handler, options = {}) {
      checkHandler('onUnknown', handler)
      register([unknown], 'unknown', handler as Handler<never>, options)
    },
    respond(pattern, responder) {
      checkHandler(`respond('${String(pattern)}')`, responder)
      handled = undefined
      const found = routesOf(String(pattern))
      if (found.some((route) => route.responder))
        throw new TypeError(`An event of '${pattern}' has a responder already: one handler answers`)
      const each = { name: `${String(pattern)} (responder)`, run: responder as Handler<never> }
      for (const route of found) route.responder = each
    },
    handlersOf: (type) => routes.get(type) ?? unknown,
    handles() {
      handled ??= toHandledTypes(routes, unknown)
      return handled
    },
  }
  for (const [pattern, handler] of Object.entries(on)) {
    router.on(pattern as EventPattern<Events>, handler as Handler<unknown>)
  }
  if (onUnknown !== undefined) router.onUnknown(onUnknown)
  for (const [pattern, responder] of Object.entries(respond)) {
    router.respond(pattern as EventPattern<Events>, responder as Responder<unknown>)
  }
  return router
}

/** A handler of unknown events has those that no list can name. */
function toHandledTypes(routes: ReadonlyMap<string, Route>, unknown: Route): HandledTypes {
  const names = (wanted: boolean) =>
    [...routes].filter(([, route]) => hasHandler(route) === wanted).map(([name]) => name)
  return hasHandler(unknown) ? { except: names(false) } : { only: names(true) }
}

function hasHandler({ handlers, responder }: Route): boolean {
  return handlers.length > 0 || responder !== undefined
}

function createRoute(): Route {
  return { handlers: [], taken: new Map() }
}

/** A name that was given is one handler's; those that are derived tell themselves apart. */
function take(routes: readonly Route[], name: string, isGiven: boolean): void {
  for (const { taken } of routes) {
    if (isGiven ? taken.has(name) : taken.get(name))
      throw new TypeError(`Two handlers of one event are named '${name}': give each its own name`)
  }
  for (const { taken } of routes) taken.set(name, isGiven)
}

function checkName(pattern: string, options: HandlerOptions): string | undefined {
  knownOptions(`Options of a handler of '${pattern}'`, options, ['name'])
  const { name } = options
  if (name === undefined || (typeof name === 'string' && name.length > 0 && name.length <= maxNameLength))
    return name
  throw new TypeError(
    `A handler's name must be a text of 1 to ${maxNameLength} characters, not ${describe(name)}`,
  )
}

function matches(name: string, pattern: string): boolean {
  if (pattern === '*' || pattern === name) return true
  return pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))
}

function checkHandler(where: string, handler: unknown): void {
  if (typeof handler !== 'function')
    throw new TypeError(`${where} takes a function, not ${describe(handler)}`)
}
