import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Captures the async context of now; what is called through it later runs in that one. A worker is woken by some
 * request: without it, handlers would run in the context of a stranger's request. Where the runtime binds a context to
 * the request that made it, and refuses to enter it from another one, as Workers do, it is left.
 */
export function captureContext(): <Args extends unknown[], Result>(
  task: (...args: Args) => Result,
  ...args: Args
) => Result {
  const enter = AsyncLocalStorage.snapshot()
  return (task, ...args) => {
    let isEntered = false
    try {
      return enter(() => {
        isEntered = true
        return task(...args)
      })
    } catch (error) {
      if (isEntered) throw error
      return task(...args)
    }
  }
}
