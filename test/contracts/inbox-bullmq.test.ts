import { afterAll, beforeAll, describe, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'
import { bullmqCases } from './inbox-bullmq.ts'

let redis: OwnRedis

beforeAll(async () => {
  redis = await startDurableRedis()
})
afterAll(() => redis.stop())

describe('bullmqInbox keeps the contract of an inbox', () => {
  for (const { name, run } of bullmqCases(() => redis.url)) it(name, run)
})
