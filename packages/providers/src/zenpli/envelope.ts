import { type NoEnvelope, type Provider, type RequestHeaders, singleValue } from '@acuse/core'
import type { CallbacksPerSession } from './options.ts'

/** Reads a callback: its session and status tell it from others, and its time is the payload's or a header's. */
export function toEnvelope(
  callbacks: CallbacksPerSession,
  timeHeader: string | undefined,
): Provider<object>['envelope'] {
  return (payload, { headers }, bodyHash) => {
    const { session_id: session, status, timestamp } = payload
    if (typeof session !== 'string' || session === '') return { code: 'envelope-invalid' }
    const stated = timeHeader === undefined ? { time: timestamp ?? undefined } : timeIn(headers, timeHeader)
    if ('code' in stated) return stated
    const idempotencyKey = toIdempotencyKey(callbacks, session, status, bodyHash)
    return { type: 'callback', time: stated.time, idempotencyKey }
  }
}

function timeIn(headers: RequestHeaders, name: string): { readonly time: string | undefined } | NoEnvelope {
  const single = singleValue(headers, name)
  if (!('code' in single)) return { time: single.value }
  return single.code === 'header-missing' ? { time: undefined } : single
}

function toIdempotencyKey(
  callbacks: CallbacksPerSession,
  session: string,
  status: unknown,
  bodyHash: string,
): readonly string[] {
  if (callbacks === 'one') return [session]
  return [session, callbacks === 'many' || typeof status !== 'string' ? bodyHash : status]
}
