import type { JsonObject, Sending } from '@acuse/core'
import type { HmacProviderOptions } from './options.ts'

/** How your senders state an event. */
interface Stated<Events extends object> {
  readonly typeHeader: string
  readonly versionHeader: string | false
  readonly idField: string
  readonly samples: HmacProviderOptions<Events>['samples']
}

/** Such as `v2.order.paid`. */
const versioned = /^v([^.]+)\.(.+)$/

/** How your senders send, for tests: one attempt, and 5 s for the answer. */
export function toSending<Events extends object>(stated: Stated<Events>): Sending<Events> {
  const { typeHeader, versionHeader, idField } = stated
  return {
    attemptDelaysMs: [0],
    timeoutMs: 5_000,
    samples: async () => stated.samples ?? {},
    stamp: (payload, at) => withId(payload, idField, at),
    headers(_payload, _at, event): Record<string, string> {
      const [, version, type] = versioned.exec(event) ?? []
      return versionHeader === false || version === undefined || type === undefined
        ? { [typeHeader]: event }
        : { [typeHeader]: type, [versionHeader]: version }
    },
  }
}

/** At another time it is another event. */
function withId(payload: JsonObject, path: string, at: Date): JsonObject {
  const dot = path.indexOf('.')
  if (dot < 0) return { ...payload, [path]: `${payload[path] ?? 'event'}-${at.getTime()}` }
  const name = path.slice(0, dot)
  return { ...payload, [name]: withId(Object(payload[name]), path.slice(dot + 1), at) }
}
