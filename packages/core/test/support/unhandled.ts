import { afterEach, beforeEach, expect } from 'vitest'

/** The rejections that nobody handled during the test that runs; one that is left fails it. */
export function watchUnhandled(): unknown[] {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  beforeEach(() => {
    unhandled.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(() => {
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
  return unhandled
}
