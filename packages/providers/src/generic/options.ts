import type { JsonObject, Provider } from '@acuse/core'
import { knownOptions } from '@acuse/core/inbox-kit'
import type { HmacOptions } from '@acuse/core/provider-kit'

/** Whatever your senders send. */
export type GenericEvents = { readonly [name: string]: JsonObject }

/** The parts of a provider that are yours to add: for batches, notices, the first request that checks an endpoint. */
export type GenericExtras<Events extends object> = Partial<
  Pick<
    Provider<Events>,
    'items' | 'thin' | 'handshakes' | 'bodies' | 'volatile' | 'tenantOf' | 'expose' | 'limits' | 'answers'
  >
>

/** Options of {@link hmacProvider}. */
export interface HmacProviderOptions<Events extends object = GenericEvents>
  extends Pick<
      HmacOptions,
      'secret' | 'prefix' | 'separator' | 'encoding' | 'hash' | 'secretEncoding' | 'signs'
    >,
    GenericExtras<Events> {
  /** Who sends, such as `payments`: lower-case letters, digits and hyphens. Part of path and ids. */
  readonly name: string
  /** Where it sends to. Default `/webhooks/` and the name. */
  readonly path?: string
  /** The secret, or several. `undefined` throws, so that an unset environment variable is noticed. */
  readonly secret: HmacOptions['secret']
  /** The header of the signature. Default `X-Signature`. */
  readonly signatureHeader?: string
  /** What stands before the signature, such as `sha512=`. Default: nothing. */
  readonly prefix?: string
  /** How the signature is written. Default `hex`. */
  readonly encoding?: NonNullable<HmacOptions['encoding']>
  /** The hash function. Default `sha512`. */
  readonly hash?: NonNullable<HmacOptions['hash']>
  /** The header of the time of the attempt. Default `X-Timestamp`. */
  readonly timestampHeader?: string
  /** How that time is written. Default `unix-seconds`. */
  readonly timestampFormat?: 'unix-seconds' | 'unix-ms' | 'rfc3339'
  /** The header of the event's type, such as `order.paid`. Default `X-Event-Type`. */
  readonly typeHeader?: string
  /**
   * The header of the payload's version: with `2`, `order.paid` is `v2.order.paid`, so that old and new senders each have their
   * schema and handlers while both are there; a request without it is `order.paid`. `false`: there is none. Default
   * `X-Webhook-Version`.
   */
  readonly versionHeader?: string | false
  /**
   * The field of the event's id, the same at each attempt and of no other event; without it the hash of the body
   * serves. Not the id of an order, which has several events. Default `id`.
   */
  readonly idField?: string
  /**
   * What is signed, in order. Default: the time, `.` and the body. Type and version are then unsigned: whoever captures a
   * request can change them before it arrives, and two events need two ids. Where your senders can, have them sign both, or the
   * type alone with `versionHeader: false`: `[{ header: 'X-Timestamp', as: 'unix-seconds' }, { text: ' ' },
   * { header: 'X-Event-Type', as: 'token' }, { text: ' ' }, { header: 'X-Webhook-Version', as: 'token' }, { text: ' ' },
   * { raw: 'body' }]`. A header that is signed must be there.
   */
  readonly signs?: NonNullable<HmacOptions['signs']>
  /**
   * The names of your events, with their versions, or a schema for each, in any library that speaks Standard Schema; others
   * reach `onUnknown`. Default: any name is one, and payloads are handed on as they are.
   */
  readonly events?: NonNullable<Provider<Events>['events']>
  /** Payloads for `createSender` of `@acuse/sender`, by name. Default: none. */
  readonly samples?: { readonly [Name in keyof Events & string]?: Events[Name] }
}

const extraNames: { readonly [Name in keyof GenericExtras<object>]-?: true } = {
  items: true,
  thin: true,
  handshakes: true,
  bodies: true,
  volatile: true,
  tenantOf: true,
  expose: true,
  limits: true,
  answers: true,
}

const ownNames: { readonly [Name in Exclude<keyof HmacProviderOptions, keyof GenericExtras<object>>]: true } =
  {
    name: true,
    path: true,
    secret: true,
    secretEncoding: true,
    signatureHeader: true,
    prefix: true,
    separator: true,
    encoding: true,
    hash: true,
    timestampHeader: true,
    timestampFormat: true,
    typeHeader: true,
    versionHeader: true,
    idField: true,
    signs: true,
    events: true,
    samples: true,
  }

/**
 * The options that a provider takes as they are.
 * @throws TypeError when one is unknown
 */
export function extrasOf<Events extends object>(options: HmacProviderOptions<Events>): GenericExtras<Events> {
  knownOptions('hmacProvider', options, [...Object.keys(ownNames), ...Object.keys(extraNames)])
  const extras = Object.entries(options).filter(
    ([name, value]) => Object.hasOwn(extraNames, name) && value !== undefined,
  )
  // Told apart by name, which the compiler does not follow.
  return Object.fromEntries(extras) as GenericExtras<Events>
}
