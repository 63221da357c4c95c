import type { JsonObject } from '@acuse/core'

/** Whatever scenarios send: `message`, or the name in `X-Event-Type`. */
export type MakeEvents = { readonly [name: string]: JsonObject }
