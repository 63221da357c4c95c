import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, Inbox } from '@acuse/core'
import { inboxOf } from 'example-shared'
import { delivery } from '../../packages/sqlite/test/support/delivery.ts'
import { inParallel } from '../processes/fleet.ts'
import { startDurableRedis } from '../support/redis.ts'

export const provider = 'acme'
export const concurrency = 10
const accepting = { minRetentionMs: 600_000 }
const acceptMs = 30_000
const callers = 64

/** Where an inbox of a kind is kept. */
export type InboxKind = 'sqlite' | 'bullmq'

/** A short lease, in milliseconds. BullMQ's least is a second. */
export const shortLeaseMs: Readonly<Record<InboxKind, number>> = { sqlite: 300, bullmq: 1_000 }

/** A place for an inbox, which several processes can open. */
export interface Place {
  /** As `INBOX` of the examples. */
  readonly setting: string
  open(leaseMs?: number): Inbox
  /** Closes what was opened, and removes it. */
  remove(): Promise<void>
}

export async function placeOf(kind: InboxKind): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-inbox-'))
  const redis = kind === 'bullmq' ? await startDurableRedis() : undefined
  const setting = redis ? `bullmq:${redis.url}` : `sqlite:${join(folder, 'inbox.db')}`
  const opened: Inbox[] = []
  return {
    setting,
    open(leaseMs = 30_000) {
      const inbox = inboxOf(setting, { leaseMs })
      opened.push(inbox)
      return inbox
    },
    async remove() {
      await Promise.all(opened.map((inbox) => inbox.close({ timeoutMs: 1_000 })))
      await redis?.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Accepts a delivery, again and again while the inbox is slow, as a sender does. */
export async function acceptOne(inbox: Inbox, one: Delivery): Promise<void> {
  const isAccepted = () =>
    Promise.resolve(inbox.accept(one, accepting)).then(
      (result) => result === 'accepted' || result === 'duplicate',
      () => false,
    )
  if (!(await until(isAccepted, acceptMs))) throw new Error(`It was not accepted within ${acceptMs} ms`)
}

/** Which deliveries are accepted. */
export interface Which {
  /** The number of the first; they are told apart by number. Default 0. */
  readonly from?: number
  readonly typeOf?: (n: number) => string
}

/** Accepts so many deliveries. */
export async function acceptMany(
  inbox: Inbox,
  count: number,
  { from = 0, typeOf = () => 'thing.made' }: Which = {},
): Promise<readonly Delivery[]> {
  return inParallel(count, callers, async (at) => {
    const n = from + at
    const one = delivery(`d${n}`, { provider, type: typeOf(n) })
    await acceptOne(inbox, one)
    return one
  })
}

/** Waits until it is so; `false` when it is not within `timeoutMs`. */
export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await sleep(20)) {
    if (await isSo()) return true
  }
  return false
}

/** Whether nothing is left but dead letters. */
export async function isEmpty(inbox: Inbox): Promise<boolean> {
  const { waiting, leased, delayed } = await inbox.stats()
  return waiting + leased + delayed === 0
}
