import type { Inbox, Observation } from '@acuse/core'
import type { ConsumeOptions, Handle, HandleDone } from '@acuse/core/inbox-kit'

export const done: HandleDone = { status: 'done', handlers: 1 }
export const accepting = { minRetentionMs: 60_000 }

/** A started consumer, and what its observer was told. */
export function consume(inbox: Inbox, handle: Handle, options: Partial<ConsumeOptions> = {}) {
  const observations: Observation[] = []
  const consumer = inbox.consume(handle, {
    endpoint: 'acme',
    handles: () => ({ except: [] }),
    concurrency: 10,
    retry: { attempts: 3, minDelayMs: 1, maxDelayMs: 5 },
    observer: (observation) => void observations.push(observation),
    ...options,
  })
  consumer.start()
  return { consumer, observations }
}

/** Waits until it is so, for 60 s at most. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
