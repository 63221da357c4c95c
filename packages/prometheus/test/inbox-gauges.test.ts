import { type InboxStats, memoryInbox } from '@acuse/core'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { manualClock, settled } from '../../core/test/support/clock.ts'
import { type PrometheusMetricsOptions, prometheusMetrics } from '../src/index.ts'

const none = { waiting: 0, leased: 0, delayed: 0, dead: 0 }
const orders = { endpoint: '/webhooks/acme', provider: 'acme', type: 'order.paid' }
const stats: InboxStats = {
  ...none,
  waiting: 3,
  dead: 2,
  oldestAgeMs: 90_500,
  types: [{ ...orders, ...none, waiting: 3, dead: 2 }],
}

/** An inbox that says of itself what it is told to say, and counts how often it is asked. */
function inboxThat(answer: () => Promise<InboxStats>) {
  const asked = { times: 0 }
  const inbox = Object.assign(memoryInbox(), {
    stats: () => {
      asked.times++
      return answer()
    },
  })
  return { inbox, asked }
}

function scraping(options: PrometheusMetricsOptions) {
  const clock = manualClock()
  const { register } = prometheusMetrics({ register: new Registry(), clock, ...options })
  const scrape = async (): Promise<string[]> =>
    (await register.metrics()).split('\n').filter((line) => line.startsWith('acuse_inbox_'))
  return { clock, scrape }
}

it('an inbox is counted at each scrape by state, with the age of its oldest delivery', async () => {
  const { inbox } = inboxThat(async () => stats)
  const { scrape } = scraping({ inboxes: { main: inbox } })
  const of = 'inbox="main",endpoint="/webhooks/acme",provider="acme",event="order.paid"'
  expect((await scrape()).toSorted()).toEqual([
    `acuse_inbox_deliveries{${of},state="dead"} 2`,
    `acuse_inbox_deliveries{${of},state="delayed"} 0`,
    `acuse_inbox_deliveries{${of},state="leased"} 0`,
    `acuse_inbox_deliveries{${of},state="waiting"} 3`,
    'acuse_inbox_oldest_age_seconds{inbox="main"} 90.5',
    'acuse_inbox_stats_failures_total{inbox="main"} 0',
    'acuse_inbox_up{inbox="main"} 1',
  ])
})

it('types beyond the bound are added up as other', async () => {
  const types = ['a', 'b', 'c'].map((type) => ({ ...orders, type, ...none, waiting: 2 }))
  const { inbox } = inboxThat(async () => ({ ...stats, types }))
  const { scrape } = scraping({ inboxes: { main: inbox }, maxEvents: 1 })
  const waiting = (await scrape()).filter((line) => line.includes('"waiting"'))
  expect(waiting.map((line) => line.replace(/.*event="(\w+)".* (\d+)$/, '$1 $2'))).toEqual(['a 2', 'other 4'])
})

it('it is asked once for all gauges of a scrape, and not again while its answer is fresh', async () => {
  const { inbox, asked } = inboxThat(async () => stats)
  const { scrape, clock } = scraping({ inboxes: { main: inbox }, statsCacheMs: 1_000 })
  await Promise.all([scrape(), scrape()])
  await clock.advance(999)
  await scrape()
  expect(asked.times).toBe(1)
  await clock.advance(1)
  await scrape()
  expect(asked.times).toBe(2)
})

it('one that fails fails no scrape: it is down, its old counts are gone, and the others stand', async () => {
  let isUp = true
  const { inbox } = inboxThat(async () => {
    if (!isUp) throw new Error('away')
    return stats
  })
  const throwing = inboxThat(() => {
    throw new Error('at once')
  })
  const inboxes = { main: inbox, throwing: throwing.inbox, other: inboxThat(async () => stats).inbox }
  const { scrape } = scraping({ inboxes, statsCacheMs: 0 })
  expect(await scrape()).toContain('acuse_inbox_up{inbox="main"} 1')
  isUp = false
  const lines = await scrape()
  expect(lines).toContain('acuse_inbox_up{inbox="main"} 0')
  expect(lines).toContain('acuse_inbox_up{inbox="throwing"} 0')
  expect(lines).toContain('acuse_inbox_oldest_age_seconds{inbox="other"} 90.5')
  expect(lines.filter((line) => /deliveries|oldest/.test(line) && /main|throwing/.test(line))).toEqual([])
  expect((await scrape()).find((line) => /failures_total{inbox="main"}/.test(line))).toMatch(/ [1-9]\d*$/)
})

it('one that hangs holds a scrape up for no longer than its deadline, and is not asked again meanwhile', async () => {
  let answer: (stats: InboxStats) => void = () => {}
  const { inbox, asked } = inboxThat(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const { scrape, clock } = scraping({ inboxes: { main: inbox }, statsTimeoutMs: 2_000, statsCacheMs: 0 })
  for (let n = 0; n < 2; n++) {
    const scraped = scrape()
    await settled()
    await clock.advance(2_000)
    expect(await scraped).toContain('acuse_inbox_up{inbox="main"} 0')
  }
  expect(asked.times).toBe(1)
  const scraped = scrape()
  await settled()
  answer(stats)
  expect(await scraped).toContain('acuse_inbox_up{inbox="main"} 1')
})
