import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { captureContext } from '../../src/lib/root-context.ts'

afterEach(() => vi.restoreAllMocks())

describe('a captured context', () => {
  it('is the one in which a task runs, whoever calls it', () => {
    const store = new AsyncLocalStorage<string>()
    const inContext = captureContext()
    expect(store.run('a request', () => inContext((word: string) => [word, store.getStore()], 'x'))).toEqual([
      'x',
      undefined,
    ])
  })

  it('hands on what the task throws, and runs it once', () => {
    const task = vi.fn(() => {
      throw new Error('a fault of the task')
    })
    expect(() => captureContext()(task)).toThrow('a fault of the task')
    expect(task).toHaveBeenCalledTimes(1)
  })

  // Workers do: the suite of `pnpm test:runtimes` runs there.
  it('is left where the runtime lets nobody enter it from another request: the task runs all the same', () => {
    vi.spyOn(AsyncLocalStorage, 'snapshot').mockReturnValue(() => {
      throw new Error('Cannot call this function outside of the request in which it was created')
    })
    expect(captureContext()((word: string) => word, 'ran')).toBe('ran')
  })
})
