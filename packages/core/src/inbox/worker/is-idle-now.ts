import { isPromiseLike } from '../../lib/options.ts'
import type { HandledTypes } from '../inbox.ts'
import type { LeaseSource } from './lease-source.ts'

/** Whether a store says that nothing is left; one that cannot say may have more. Never throws or rejects. */
export function isIdleNow(
  source: Pick<LeaseSource, 'isIdle'>,
  handles: HandledTypes,
): boolean | Promise<boolean> {
  try {
    const isIdle = source.isIdle(handles)
    return isPromiseLike(isIdle) ? Promise.resolve(isIdle).catch(() => false) : isIdle
  } catch {
    return false
  }
}
