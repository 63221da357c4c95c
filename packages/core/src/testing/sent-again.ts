import { repeatedDelivery } from '../lib/repeated-delivery.ts'
import type { JsonObject } from '../model/json.ts'
import type { Captured } from './captured.ts'
import { later, type ProviderSample, type ProviderStage, type Which } from './provider-stage.ts'

/** How an event is sent again. */
export interface SentAgain {
  /** How much later, in milliseconds. Default 0. */
  readonly afterMs?: number
  /** With which key. Default the first. */
  readonly which?: Which
  /** Changes its payload. Default: not at all. */
  readonly change?: (payload: JsonObject) => JsonObject
}

/** The event of a request as its sender repeats it. */
export function sentAgain(
  stage: ProviderStage,
  { event, payload }: ProviderSample,
  { headers }: Captured,
  { afterMs = 0, which = 0, change = (same) => same }: SentAgain,
): Captured {
  const sent = change(stage.stamped({ event, payload }))
  const first = { event, payload: sent, at: stage.now, headers }
  return stage.signed(repeatedDelivery(stage.provider, first, later(stage.now, afterMs), stage.retry), which)
}
