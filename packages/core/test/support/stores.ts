import { type DedupeStore, lruDedupe } from '../../src/index.ts'
import type { ManualClock } from './clock.ts'

/** The calls of a store. */
type StoreCall = 'claim' | 'extend' | 'commit' | 'release'

/** The fault of one call: it fails before or after it is applied, or is applied and never answers. */
type Fault = 'fail' | 'applied-then-fail' | 'applied-then-silent' | 'silent'

/** A store whose answers come later, as over a network, and whose faults are planned. */
export interface RemoteStore extends DedupeStore {
  /** The calls so far. */
  readonly calls: StoreCall[]
  /** Faults of the next calls of a kind, in turn; `undefined`: none. */
  plan(call: StoreCall, ...faults: (Fault | undefined)[]): void
  /** Lets every call that is silent answer now. */
  answerAll(): void
}

/** A real store behind promises: what several processes share. */
export function remoteStore(clock: ManualClock, maxEntries = 1_000): RemoteStore {
  const store = lruDedupe({ clock, maxEntries })
  const faults = new Map<StoreCall, (Fault | undefined)[]>()
  const silent = new Set<() => void>()
  const calls: StoreCall[] = []
  async function call<T>(name: StoreCall, apply: () => T): Promise<T> {
    calls.push(name)
    const fault = faults.get(name)?.shift()
    await Promise.resolve()
    if (fault === 'fail') throw new Error(`${name} failed`)
    if (fault === 'silent') {
      await new Promise<void>((resolve) => silent.add(resolve))
      return apply()
    }
    const value = apply()
    if (fault === 'applied-then-fail') throw new Error(`${name} failed`)
    if (fault === 'applied-then-silent') await new Promise<void>((resolve) => silent.add(resolve))
    return value
  }
  return {
    calls,
    claim: (key, options) => call('claim', () => store.claim(key, options)),
    extend: (key, token, options) => call('extend', () => store.extend(key, token, options)),
    commit: (key, token, options) => call('commit', () => store.commit(key, token, options)),
    release: (key, token) => call('release', () => store.release(key, token)),
    plan: (name, ...planned) => faults.set(name, planned),
    answerAll: () => {
      for (const answer of silent) answer()
      silent.clear()
    },
  }
}
