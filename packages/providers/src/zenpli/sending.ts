import type { Sending } from '@acuse/core'
import type { ZenpliEvents } from './callback.ts'

/** Repeats the payload's `session_id`, unsigned. */
export const sessionHeader = 'x-session-id'

/** How Zenpli calls back. */
export function toSending<Result>(
  timeHeader: string | undefined,
  isTimeRequired: boolean,
): Sending<ZenpliEvents<Result>> {
  return {
    // «Zenpli aplicará su política de reintentos» does not say which: one attempt. «Máximo de 10 segundos».
    attemptDelaysMs: [0],
    timeoutMs: 10_000,
    samples: async () => ({
      // Zenpli documents no result; `overrides` give the product's.
      callback: { status: 'completed', session_id: '789xyz', result: {} as Result },
    }),
    stamp: (payload, at) => ({
      ...payload,
      session_id: `${payload['session_id']}-${at.getTime()}`,
      ...(isTimeRequired && timeHeader === undefined ? { timestamp: at.toISOString() } : undefined),
    }),
    headers: (payload, at) => ({
      [sessionHeader]: String(payload['session_id']),
      ...(timeHeader === undefined ? undefined : { [timeHeader]: at.toISOString() }),
    }),
  }
}
