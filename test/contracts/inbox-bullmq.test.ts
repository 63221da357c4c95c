import { afterAll, beforeAll, describe } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'
import { bullmqCases } from './inbox-bullmq.ts'
import { registerCases } from './register-cases.ts'

let redis: OwnRedis

beforeAll(async () => {
  redis = await startDurableRedis()
})
afterAll(() => redis.stop())

describe('bullmqInbox keeps the contract of an inbox', () => {
  registerCases(bullmqCases(() => redis.url))
})
