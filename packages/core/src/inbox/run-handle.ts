import { deadReasons } from '../model/dead-letter.ts'
import type { Delivery } from '../model/delivery.ts'
import type { AttemptMeasures, Handle, HandleResult, Lease } from './inbox.ts'

/**
 * For inboxes: makes an attempt. Never rejects: a handle that throws, or that answers anything but a result, has
 * failed.
 */
export async function runHandle(handle: Handle, delivery: Delivery, lease: Lease): Promise<HandleResult> {
  try {
    return toHandleResult(await handle(delivery, lease), lease.completed)
  } catch (error) {
    return { status: 'failed', error, completed: lease.completed }
  }
}

/**
 * Read once, and copied: what the store keeps cannot change under it.
 * @throws TypeError when it is none
 */
function toHandleResult(result: HandleResult, before: readonly string[]): HandleResult {
  const { status } = result
  const measures = toMeasures(result.measures)
  if (status === 'done') {
    const { handlers, response } = result
    if (Number.isInteger(handlers) && (response === undefined || typeof response === 'string'))
      return { status, handlers, response, measures }
  } else if (status === 'failed') {
    return { status, error: result.error, completed: toNames(result.completed) ?? before, measures }
  } else if (status === 'dead') {
    const { reason, error, completed } = result
    if (deadReasons.includes(reason))
      return { status, reason, error, completed: toNames(completed), measures }
  }
  throw new TypeError("The handle answered no result: its status must be 'done', 'failed' or 'dead'")
}

function toMeasures(measures: unknown): AttemptMeasures | undefined {
  if (typeof measures !== 'object' || measures === null) return undefined
  const { durationMs, lagMs, handler }: { readonly [Name in keyof AttemptMeasures]?: unknown } = measures
  if (typeof durationMs !== 'number' || typeof lagMs !== 'number') return undefined
  return { durationMs, lagMs, ...(typeof handler === 'string' ? { handler } : undefined) }
}

function toNames(completed: unknown): readonly string[] | undefined {
  if (!Array.isArray(completed)) return undefined
  return completed.filter((name): name is string => typeof name === 'string')
}
