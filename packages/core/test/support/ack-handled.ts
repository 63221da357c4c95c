import type { AckOnHandledOptions } from '../../src/index.ts'
import { type AcmeEvents, bench, paid, signed } from './acme.ts'
import { manualClock } from './clock.ts'
import { remoteStore } from './stores.ts'

export const options = { ack: 'handled' } as const

export function handledBench(changes: Partial<AckOnHandledOptions<AcmeEvents>> = {}) {
  const clock = manualClock()
  const store = remoteStore(clock)
  const made = bench({ ...options, clock, dedupe: store, ...changes })
  return {
    ...made,
    clock,
    store,
    receive: async (payload: unknown = paid) => made.receiver.receive(signed(payload)),
  }
}

/** Handlers that finish when they are told to. */
export function gate() {
  const open: ((value?: unknown) => void)[] = []
  const fail: ((error: Error) => void)[] = []
  const handler = () =>
    new Promise((resolve, reject) => {
      open.push(resolve)
      fail.push(reject)
    })
  return { open, fail, handler }
}
