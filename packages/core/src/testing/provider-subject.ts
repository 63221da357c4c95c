import type { Inbox } from '../inbox/inbox.ts'
import { coveredBy, headerNamesOf } from '../lib/parts.ts'
import { timeGrammars } from '../lib/repeated-delivery.ts'
import type { Clock } from '../model/clock.ts'
import type { JsonObject } from '../model/json.ts'
import type { Provider } from '../model/provider.ts'
import { toTimeRule } from '../receiver/reading.ts'

/** A provider under test. */
export interface ProviderSubject<Secret> {
  /**
   * Makes the provider as a receiver does. It is given one of `secrets`, or both in a list, as while one replaces the other.
   */
  readonly provider: (secret: Secret | readonly Secret[]) => Provider<object>
  /** Two keys: the one in use, and another one, with which a stranger signs, or that replaces the first. */
  readonly secrets: readonly [Secret, Secret]
  /** Makes it as a sender does, where that takes another key: a private one. Default: as `provider`. */
  readonly sender?: (secret: Secret) => Provider<object>
  /** Payloads by the name of their event. Default: those of `provider.sending`. */
  readonly samples?: { readonly [event: string]: object }
  /**
   * The payload as the sender repeats it at a time, with the time of that attempt. Default: the same, with a new time where
   * `provider.time` says that it is the attempt's and stands in the body.
   */
  readonly retry?: (payload: JsonObject, at: Date) => JsonObject
  /** An empty inbox for a case, on its clock if it can be. Default: a memory inbox. */
  readonly inbox?: (clock: Clock) => Inbox
}

/** The abilities that cases need; what a provider's data do not state, it has not. */
export const providerAbilities = [
  'signature',
  'headers',
  'parameters',
  'stranger',
  'rotation',
  'time',
  'retry',
  'volatile',
  'batch',
  'handshakes',
  'guard',
] as const

/**
 * An ability that cases need. `signature`: its scheme signs something. `headers`, `parameters`: its proof stands in, or covers,
 * headers or parameters of the query. `stranger`: what another key signs can be told. `rotation`: it takes several keys. `time`: it signs the time. `retry`: its
 * retries can be told from other events. `volatile`, `batch`, `handshakes`: its data state some. `guard`: a handshake must be proven.
 */
export type ProviderAbility = (typeof providerAbilities)[number]

/** Why a provider lacks an ability; `undefined`: it has it. */
export type Lacks = { readonly [Ability in ProviderAbility]?: string | undefined }

/** What a provider's own data say that it lacks. */
export function lacksOf(provider: Provider<object>): Lacks {
  const { scheme, volatile = [], items, handshakes = [] } = provider
  const { anything } = coveredBy(scheme)
  return {
    signature: anything ? undefined : 'its scheme signs nothing: whoever has the key can say anything',
    headers: proofHeadersOf(provider).length > 0 ? undefined : 'its proof is in no header',
    parameters: provesParameters(provider) ? undefined : 'its scheme proves no parameter of the query',
    time: lacksTime(provider),
    volatile: volatile.length > 0 ? undefined : 'it states no volatile fields',
    batch: items === undefined ? 'it states no items: each request is one event' : undefined,
    handshakes: handshakes.length > 0 ? undefined : 'it states no handshakes',
    guard: handshakes.some(({ proof }) => proof !== 'none') ? undefined : 'no handshake of it needs a proof',
  }
}

/** A time that the scheme signs, and that nothing checks, is no reason. */
function lacksTime(provider: Provider<object>): string | undefined {
  if (signsTime(provider)) return undefined
  const time = toTimeRule(provider)
  if (time === undefined) return 'it states no time'
  if (time.signed !== true) return 'nobody signs its time'
  return time.required ? undefined : 'what it sends may state no time'
}

function signsTime({ scheme }: Provider<object>): boolean {
  return scheme.signs.some((part) => 'as' in part && timeGrammars.includes(part.as))
}

function provesParameters({ scheme }: Provider<object>): boolean {
  return scheme.signQuery !== undefined || scheme.signs.some((part) => 'query' in part || 'publicUrl' in part)
}

/** The headers that prove a request, signed ones too, in lower case. */
export function proofHeadersOf({ scheme }: Pick<Provider<object>, 'scheme'>): readonly string[] {
  return [...new Set([...(scheme.headers ?? []), ...headerNamesOf(scheme.signs)])]
}
