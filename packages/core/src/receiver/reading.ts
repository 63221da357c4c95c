import { type Omitted, toOmitted } from '../lib/canonical-json.ts'
import { type Covered, coveredBy } from '../lib/parts.ts'
import type { Provider, TimeRule } from '../model/provider.ts'

/** The parts of a provider that say how a request is read. */
export type ReadProvider = Pick<
  Provider<object>,
  | 'scheme'
  | 'envelope'
  | 'eventRules'
  | 'items'
  | 'bodies'
  | 'time'
  | 'thin'
  | 'volatile'
  | 'repeats'
  | 'tenantOf'
  | 'handshakes'
>

/** How a provider's requests are read: what it states, and what follows from it. */
export interface Reading extends Omit<ReadProvider, 'time'> {
  readonly time: TimeRule | undefined
  /** What its scheme signs. */
  readonly covered: Covered
  /** What is left out of the body hash; `undefined`: it is taken over the bytes. */
  readonly omitted: Omitted | undefined
  /** Where events of a batch stand, each path ending in `*`. */
  readonly itemPaths: readonly string[]
}

/** Works out how a provider's requests are read, once. */
export function toReading(provider: ReadProvider): Reading {
  const { volatile = [], items = [] } = provider
  return {
    ...provider,
    time: toTimeRule(provider),
    covered: coveredBy(provider.scheme),
    omitted: volatile.length === 0 ? undefined : toOmitted('provider.volatile', volatile),
    itemPaths: [items].flat().map((path) => path || '*'),
  }
}

/** The rule of time; whether it is signed follows from where it stands. */
export function toTimeRule({ time, scheme }: Pick<ReadProvider, 'time' | 'scheme'>): TimeRule | undefined {
  if (time?.value === undefined) return time
  return { ...time, signed: coveredBy(scheme).isSigned(time.value) }
}
