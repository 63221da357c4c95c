import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bullmqInbox } from '@acuse/bullmq'
import type { Clock, Inbox } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { afterAll, beforeAll, describe } from 'vitest'
import { registerCases } from '../contracts/register-cases.ts'
import { fewOrAll } from '../support/full.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { createWallClock, type WallClock } from '../support/wall-clock.ts'
import { everyProvider } from './every-provider.ts'
import { retryCases } from './retry-cases.ts'

const names = Object.keys(everyProvider)
/** Every sixth of them, others each hour; all of them in `pnpm full`. */
const first = Math.floor(Date.now() / 3_600_000) % 6
const entries = Object.entries(everyProvider).filter(
  ([name]) => fewOrAll(names.indexOf(name) % 6 === first ? 1 : 0, 1) === 1,
)

describe('with SQLite, up to the last retry of its sender,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-kit-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  let files = 0
  const inbox = (clock: Clock) => sqliteInbox(join(folder, `${files++}.db`), { clock })

  describe.each(entries)('%s keeps the contract of a provider', (_, entry) => {
    registerCases(retryCases(entry, inbox))
  })
})

describe('with BullMQ, whose Redis tells the time, up to the last retry of its sender,', () => {
  let redis: OwnRedis
  let wallClock: WallClock
  let count = 0

  beforeAll(async () => {
    wallClock = createWallClock()
    redis = await startRedis([], undefined, wallClock.env)
  })
  afterAll(async () => {
    await redis.stop()
    wallClock.remove()
  })

  /** An inbox whose Redis has the time of a clock whenever something is accepted. */
  function inbox(clock: Clock): Inbox {
    const startedAt = clock.now()
    wallClock.set(0)
    // It is not about deadlines, and other tests make the machine busy.
    const options = { timeoutMs: 5_000, onError: () => {} }
    const own = bullmqInbox({ ...options, connection: redis.url, name: `kit-${count++}` })
    const accept = own.accept.bind(own)
    own.accept = (delivery, requirements) => {
      wallClock.set(clock.now() - startedAt)
      return accept(delivery, requirements)
    }
    return own
  }

  describe.each(entries)('%s keeps the contract of a provider', (_, entry) => {
    registerCases(retryCases(entry, inbox))
  })
})
