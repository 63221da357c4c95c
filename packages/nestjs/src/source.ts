import type { Provider } from '@acuse/core'
import { processWide } from '@acuse/core/inbox-kit'

/** A provider's factory, such as `redcumbre`; where it takes more than a secret, a function of yours around it. */
export type ProviderFactory<Events extends object, Given extends readonly unknown[] = never[]> = (
  // A rest: else the compiler does not see the default that a factory has for its events.
  ...given: Given
) => Provider<Events>

/** One of several receivers of a provider, such as one for each account, by the option `endpoint` of each. */
export interface WebhookEndpoint<Events extends object, Given extends readonly unknown[] = never[]> {
  /** The factory that the receiver was made with. */
  readonly provider: ProviderFactory<Events, Given>
  /** Its option `endpoint`. */
  readonly endpoint: string
}

/** Whose webhooks: a provider's factory; or that and an endpoint, where one app has several receivers of a provider. */
export type WebhookSource<Events extends object> = ProviderFactory<Events> | WebhookEndpoint<Events>

/**
 * Names one of several receivers of a provider: for the module's options, decorators and tokens.
 * @throws TypeError when there is no factory or no name
 * @example
 * import { AcuseModule, defineEndpoint, WebhookHandler } from '@acuse/nestjs'
 * import { stripe } from '@acuse/providers/stripe'
 *
 * const chile = defineEndpoint(stripe, 'stripe-chile')
 * export const receiving = AcuseModule.forRoot({
 *   ...chile,
 *   path: '/webhooks/stripe-chile',
 *   secret: process.env['STRIPE_CHILE_WEBHOOK_SECRET'],
 * })
 * export class Payments {
 *   \@WebhookHandler(chile, 'invoice.paid')
 *   paid({ id }: { readonly id: string }): string {
 *     return id
 *   }
 * }
 */
export function defineEndpoint<Events extends object, Given extends readonly unknown[]>(
  provider: ProviderFactory<Events, Given>,
  endpoint: string,
): WebhookEndpoint<Events, Given> {
  toParts('defineEndpoint', { provider, endpoint: endpoint ?? null })
  return { provider, endpoint }
}

/** A source taken apart. */
export interface SourceParts {
  readonly provider: ProviderFactory<never>
  readonly endpoint?: string | undefined
}

// By the function itself: its name may be shortened by a bundler.
const tokens: WeakMap<ProviderFactory<never>, Map<string | undefined, symbol>> = processWide(
  'nest-tokens/1',
  () => new WeakMap(),
)

/**
 * The token of a receiver in Nest's container: for `overrideProvider` in tests, `app.get` and `inject` of factories.
 * @throws TypeError when the source is none
 * @example
 * import { createReceiver, memoryInbox } from '@acuse/core'
 * import { getReceiverToken } from '@acuse/nestjs'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import type { TestingModuleBuilder } from '@nestjs/testing'
 *
 * export const withTestReceiver = (builder: TestingModuleBuilder): TestingModuleBuilder =>
 *   builder
 *     .overrideProvider(getReceiverToken(redcumbre))
 *     .useValue(createReceiver(redcumbre('c0ffee01'.repeat(8)), { inbox: memoryInbox() }))
 */
export function getReceiverToken<Events extends object>(source: WebhookSource<Events>): symbol {
  return toToken(toParts('getReceiverToken', source))
}

/** The token of a source that is taken apart: one and the same for one source. */
export function toToken({ provider, endpoint }: SourceParts): symbol {
  const ofProvider = tokens.get(provider) ?? new Map<string | undefined, symbol>()
  tokens.set(provider, ofProvider)
  const token = ofProvider.get(endpoint) ?? Symbol(`Receiver of ${describeSource({ provider, endpoint })}`)
  ofProvider.set(endpoint, token)
  return token
}

/** @throws TypeError when the source is none */
export function toParts(where: string, source: unknown): SourceParts {
  const { provider, endpoint }: { readonly provider?: unknown; readonly endpoint?: unknown } =
    typeof source === 'function' ? { provider: source } : (source ?? {})
  if (typeof provider !== 'function')
    throw new TypeError(
      `${where} takes a provider's factory, such as redcumbre of '@acuse/providers/redcumbre', or what defineEndpoint gives`,
    )
  if (endpoint !== undefined && typeof endpoint !== 'string')
    throw new TypeError(`${where}: endpoint must be the text that the receiver has as its option endpoint`)
  return { provider: provider as ProviderFactory<never>, endpoint }
}

/** A source in the words of a message. */
export function describeSource({ provider, endpoint }: SourceParts): string {
  const name = provider.name || 'a provider'
  return endpoint === undefined ? name : `${name}, endpoint ${endpoint}`
}
