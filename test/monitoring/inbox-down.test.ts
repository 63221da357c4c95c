import { bullmqInbox } from '@acuse/bullmq'
import { prometheusMetrics } from '@acuse/prometheus'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OwnRedis, startRedis } from '../support/redis.ts'

let redis: OwnRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

it('a Redis that stands still, or is gone, fails no scrape; its inbox is up again as soon as it is', async () => {
  const inbox = bullmqInbox({ connection: redis.url })
  const { register } = prometheusMetrics({
    register: new Registry(),
    inboxes: { main: inbox },
    statsTimeoutMs: 300,
    statsCacheMs: 0,
  })
  const isUp = async (): Promise<boolean> =>
    (await register.metrics()).includes('acuse_inbox_up{inbox="main"} 1')
  const comesUp = async (): Promise<void> => {
    while (!(await isUp())) await new Promise(setImmediate)
  }
  await comesUp()
  redis.pause()
  expect(await isUp()).toBe(false)
  redis.resume()
  await comesUp()
  await redis.kill()
  expect(await isUp()).toBe(false)
  await redis.restart()
  await comesUp()
  expect(await register.getSingleMetricAsString('acuse_inbox_stats_failures_total')).toMatch(/"main"} [1-9]/)
  await inbox.close()
})
