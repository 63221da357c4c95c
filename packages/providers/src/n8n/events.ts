import type { JsonObject } from '@acuse/core'

/** Whatever workflows send: `message`, or the name in `X-Event-Type`. */
export type N8nEvents = { readonly [name: string]: JsonObject }
