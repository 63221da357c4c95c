import type { EventOf, EventPattern, Handler, HandlerOptions, Responder, UnknownEvent } from '@acuse/core'
import {
  describeSource,
  type ProviderFactory,
  type SourceParts,
  toParts,
  type WebhookEndpoint,
  type WebhookSource,
} from './source.ts'

/** A decorator of a method that takes what `Expected` takes. */
export type MethodDecoratorOf<Expected> = <Method extends Expected>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void

/** A pattern that stands for events; else the error names those that do. Not a constraint, which would hide a factory's default. */
export type PatternOf<Events extends object, Pattern extends string> =
  Pattern extends EventPattern<Events> ? Pattern : EventPattern<Events>

/** What a decorator leaves on the prototype of a class. */
export interface HandlerMark {
  readonly kind: 'on' | 'onUnknown' | 'respond'
  readonly source: SourceParts
  readonly pattern: string
  readonly key: string | symbol
  readonly options: HandlerOptions
}

// On the class and not on the function: a decorator above may wrap it. By a registered symbol, so that the ESM and the
// CommonJS build read each other's.
const marksKey: unique symbol = Symbol.for('@acuse/nestjs handlers') as never

/**
 * Makes a method of a provider or a controller the handler of an event, `prefix.*` or `*`: what `on` of a receiver does. The
 * compiler holds the method's first parameter against the provider's events. Its completion is remembered as
 * `Class.method`: give `name` where you rename either while deliveries wait, or minify the code.
 * @param source whose events: the provider's factory, or that and an endpoint
 * @throws TypeError without `experimentalDecorators`, on a static method, and when the source is none
 * @example
 * import { type EventOf, WebhookHandler } from '@acuse/nestjs'
 * import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
 * import { Injectable } from '@nestjs/common'
 *
 * \@Injectable()
 * export class Invoices {
 *   \@WebhookHandler(redcumbre, 'bhe.emitida')
 *   async issued({ id, payload }: EventOf<RedcumbreEvents, 'bhe.emitida'>): Promise<string> {
 *     return `${id}: ${payload.montos.liquido}`
 *   }
 * }
 */
export function WebhookHandler<
  Events extends object,
  Pattern extends string,
  Given extends readonly unknown[],
>(
  source: ProviderFactory<Events, Given>,
  pattern: PatternOf<Events, Pattern>,
  options?: HandlerOptions,
): MethodDecoratorOf<Handler<EventOf<Events, Pattern>>>
/** Of one of several receivers of a provider. */
export function WebhookHandler<Events extends object, Pattern extends string>(
  source: WebhookEndpoint<Events>,
  pattern: PatternOf<Events, Pattern>,
  options?: HandlerOptions,
): MethodDecoratorOf<Handler<EventOf<Events, Pattern>>>
// Two, and not one that takes a union: in that, the compiler does not see the default that a factory has for its events.
export function WebhookHandler(
  source: unknown,
  pattern: string,
  options: HandlerOptions = {},
): MethodDecoratorOf<never> {
  return mark('WebhookHandler', source, { kind: 'on', pattern, options })
}

/**
 * Makes a method the handler of authentic events that the provider's documents do not list: what `onUnknown` of a receiver does.
 * @throws TypeError as {@link WebhookHandler}
 */
export function UnknownWebhookHandler<Events extends object>(
  source: WebhookSource<Events>,
  options: HandlerOptions = {},
): MethodDecoratorOf<Handler<UnknownEvent>> {
  return mark('UnknownWebhookHandler', source, { kind: 'onUnknown', pattern: 'unknown', options })
}

/**
 * Makes a method answer the sender: what `respond` of a receiver does. The receiver needs `ack: 'handled'`.
 * @throws TypeError as {@link WebhookHandler}
 */
export function WebhookResponder<
  Events extends object,
  Pattern extends string,
  Given extends readonly unknown[],
>(
  source: ProviderFactory<Events, Given>,
  pattern: PatternOf<Events, Pattern>,
): MethodDecoratorOf<Responder<EventOf<Events, Pattern>>>
/** Of one of several receivers of a provider. */
export function WebhookResponder<Events extends object, Pattern extends string>(
  source: WebhookEndpoint<Events>,
  pattern: PatternOf<Events, Pattern>,
): MethodDecoratorOf<Responder<EventOf<Events, Pattern>>>
export function WebhookResponder(source: unknown, pattern: string): MethodDecoratorOf<never> {
  return mark('WebhookResponder', source, { kind: 'respond', pattern, options: {} })
}

function mark(
  name: string,
  given: unknown,
  about: Pick<HandlerMark, 'kind' | 'pattern' | 'options'>,
): MethodDecoratorOf<unknown> {
  const source = toParts(name, given)
  return (target, key) => {
    const where = `@${name}(${describeSource(source)}, '${about.pattern}')`
    if (typeof key === 'object')
      throw new TypeError(`${where} needs "experimentalDecorators": true in tsconfig.json, as Nest does`)
    if (typeof target === 'function')
      throw new TypeError(
        `${where} stands on the static method ${String(key)}: put it on a method of the instance`,
      )
    const own: HandlerMark[] = Object.getOwnPropertyDescriptor(target, marksKey)?.value ?? []
    if (own.length === 0) Object.defineProperty(target, marksKey, { value: own })
    own.push({ ...about, source, key })
  }
}

/** The marks of an instance's class and of those that it extends; one that is repeated where a method is overridden is one. */
export function marksOf(prototype: unknown): readonly HandlerMark[] {
  const found: HandlerMark[] = []
  for (let at = prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const own: readonly HandlerMark[] = Object.getOwnPropertyDescriptor(at, marksKey)?.value ?? []
    found.push(...own.filter((mark) => !found.some((below) => isRepeated(mark, below))))
  }
  return found
}

function isRepeated(mark: HandlerMark, below: HandlerMark): boolean {
  return (
    mark.key === below.key &&
    mark.kind === below.kind &&
    mark.pattern === below.pattern &&
    mark.source.provider === below.source.provider &&
    mark.source.endpoint === below.source.endpoint
  )
}
