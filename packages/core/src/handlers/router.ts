import type { HandledTypes } from '../inbox/inbox.ts'
import { didYouMean } from '../lib/did-you-mean.ts'
import { describe, knownOptions } from '../lib/options.ts'
import type { UnknownEvent } from '../model/event.ts'
import type { Provider, ProviderEvents } from '../model/provider.ts'
import { HandlerNames } from './names.ts'
import type { Handler, HandlerOptions, Handlers, Registration, Responders } from './registration.ts'

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
  /** The same as `on`, of values that the compiler has seen already. */
  add(pattern: string, handler: unknown, options?: HandlerOptions): void
  /** The handlers of an event. */
  handlersOf(type: string): EventHandlers
  /** Which types have a handler, or one that answers. */
  handles(): HandledTypes
}

/** The handlers that options name. */
interface GivenHandlers<Events extends object> {
  readonly on?: Handlers<Events>
  readonly onUnknown?: Handler<UnknownEvent>
  readonly respond?: Responders<Events>
}

/** The handlers of one event's name, or of all unknown ones. */
interface Route {
  readonly type: string
  readonly handlers: NamedHandler[]
  /** Names that are taken, and whether each was given. */
  readonly taken: Map<string, boolean>
  responder?: NamedHandler
}

const maxNameLength = 200

/** A router for a provider's events, with the handlers that options name. */
export function createRouter<Events extends object>(
  provider: Pick<Provider<Events>, 'name' | 'events'>,
  { on = {}, onUnknown, respond = {} }: GivenHandlers<Events> = {},
): Router<Events> {
  const router = new RouterImpl<Events>(provider)
  for (const [pattern, handler] of Object.entries(on)) router.add(pattern, handler)
  if (onUnknown !== undefined) router.onUnknown(onUnknown)
  for (const [pattern, responder] of Object.entries(respond)) router.addResponder(pattern, responder)
  return router
}

class RouterImpl<Events extends object> implements Router<Events> {
  readonly #provider: string
  readonly #routes: Map<string, Route>
  /** Handlers of every event, where the provider documents none: any name is one, and those that come later have them, too. */
  readonly #every: Route | undefined
  readonly #unknown: Route = createRoute('unknown')
  readonly #derived = new HandlerNames()
  #handled: HandledTypes | undefined

  constructor({ name, events }: Pick<Provider<Events>, 'name' | 'events'>) {
    this.#provider = name
    this.#every = events === undefined ? createRoute('*') : undefined
    this.#routes = new Map(eventNamesOf(events).map((type) => [type, createRoute(type)]))
  }

  readonly on: Registration<Events>['on'] = (pattern: string, handler: unknown, options?: HandlerOptions) => {
    this.add(pattern, handler, options)
  }

  readonly respond: Registration<Events>['respond'] = (pattern, responder) => {
    this.addResponder(String(pattern), responder)
  }

  onUnknown(handler: Handler<UnknownEvent>, options: HandlerOptions = {}): void {
    checkHandler('onUnknown', handler)
    this.#register([this.#unknown], 'unknown', handler, options)
  }

  handlersOf(type: string): EventHandlers {
    return this.#routes.get(type) ?? this.#unknown
  }

  handles(): HandledTypes {
    this.#handled ??= toHandledTypes([...this.#routes.values()], this.#unknown)
    return this.#handled
  }

  add(pattern: string, handler: unknown, options: HandlerOptions = {}): void {
    checkHandler(`on('${pattern}')`, handler)
    this.#register(this.#routesOf(pattern), pattern, handler, options)
  }

  addResponder(pattern: string, responder: unknown): void {
    checkHandler(`respond('${pattern}')`, responder)
    this.#handled = undefined
    const found = this.#routesOf(pattern)
    if (found.some((route) => route.responder))
      throw new TypeError(`An event of '${pattern}' has a responder already: one handler answers`)
    for (const route of found) route.responder = { name: `${pattern} (responder)`, run: responder }
  }

  #routesOf(pattern: string): Route[] {
    if (this.#every) return this.#openRoutesOf(pattern, this.#every)
    const matching = [...this.#routes.values()].filter(({ type }) => matches(type, pattern))
    if (matching.length > 0) return matching
    const types = [...this.#routes.keys()]
    const meant = didYouMean(pattern, [...types, ...types.flatMap(toPrefixPatterns)])
    const list = types.map((type) => `'${type}'`).join(', ')
    throw new TypeError(`${this.#provider} documents no event '${pattern}'.${meant} Its events: ${list}`)
  }

  #openRoutesOf(pattern: string, every: Route): Route[] {
    if (pattern === '*') return [...this.#routes.values(), every, this.#unknown]
    if (pattern.endsWith('.*'))
      throw new TypeError(
        `${this.#provider} lists no events, and '${pattern}' needs a list: give it the names, or register each name or '*'`,
      )
    const { handlers, taken, responder } = every
    const fresh: Route = { type: pattern, handlers: [...handlers], taken: new Map(taken) }
    const route = this.#routes.get(pattern) ?? (responder ? { ...fresh, responder } : fresh)
    this.#routes.set(pattern, route)
    return [route]
  }

  #register(found: readonly Route[], pattern: string, run: Handler<never>, options: HandlerOptions): void {
    const given = checkName(pattern, options)
    if (given !== undefined) take(found, given, true)
    const name = given === undefined ? this.#derived.add(pattern, run) : undefined
    if (name) take(found, name.base, false)
    const handler = {
      run,
      get name() {
        return name?.read() ?? String(given)
      },
    }
    for (const { handlers } of found) handlers.push(handler)
    this.#handled = undefined
  }
}

/** The names of the events that a provider documents. */
function eventNamesOf(events: ProviderEvents<object> | undefined): readonly string[] {
  return Array.isArray(events) ? events : Object.keys(events ?? {})
}

/** A handler of unknown events has those that no list can name. */
function toHandledTypes(routes: readonly Route[], unknown: Route): HandledTypes {
  const typesOf = (wanted: boolean) =>
    routes.filter((route) => hasHandler(route) === wanted).map(({ type }) => type)
  return hasHandler(unknown) ? { except: typesOf(false) } : { only: typesOf(true) }
}

function hasHandler({ handlers, responder }: Route): boolean {
  return handlers.length > 0 || responder !== undefined
}

function createRoute(type: string): Route {
  return { type, handlers: [], taken: new Map() }
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

function matches(type: string, pattern: string): boolean {
  if (pattern === '*' || pattern === type) return true
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))
}

/** Such as `order.*` and `order.shipped.*` of `order.shipped.abroad`. */
function toPrefixPatterns(type: string): string[] {
  const parts = type.split('.').slice(0, -1)
  return parts.map((_, at) => `${parts.slice(0, at + 1).join('.')}.*`)
}

function checkHandler(where: string, handler: unknown): asserts handler is Handler<never> {
  if (typeof handler !== 'function')
    throw new TypeError(`${where} takes a function, not ${describe(handler)}`)
}
