import { afterEach, beforeEach, expect } from 'vitest'

/** Errors that nobody caught during the running test; those that are left fail it. */
export function watchUnhandled(): unknown[] {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  beforeEach(() => {
    unhandled.length = 0
    process.on('unhandledRejection', note).on('uncaughtException', note)
  })
  afterEach(() => {
    process.off('unhandledRejection', note).off('uncaughtException', note)
    expect(unhandled).toEqual([])
  })
  return unhandled
}
