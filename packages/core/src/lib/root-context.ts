import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Captures the async context of now; what is called through it later runs in that one. A worker is woken by some
 * request: without it, handlers would run in the context of a stranger's request.
 */
export function captureContext(): <Args extends unknown[], Result>(
  task: (...args: Args) => Result,
  ...args: Args
) => Result {
  return AsyncLocalStorage.snapshot()
}
