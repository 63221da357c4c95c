import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'
import { bullmqCases } from './inbox-bullmq.ts'
import { registerCases } from './register-cases.ts'

// No mock: the older of the two clients that @acuse/bullmq may be installed with, in the place of the newer.
vi.mock('ioredis', () => import('ioredis5'))

let redis: OwnRedis

beforeAll(async () => {
  redis = await startDurableRedis()
})
afterAll(() => redis.stop())

describe('bullmqInbox over ioredis 5 keeps the contract of an inbox', () => {
  it('runs on that client', async () => {
    expect(Redis).toBe((await import('ioredis5')).Redis)
  })

  registerCases(bullmqCases(() => redis.url))
})
