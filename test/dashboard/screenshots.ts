// Makes the pictures of docs/dashboard.md, from a dashboard with a story: `pnpm --filter acuse-test screenshots`.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation } from '@acuse/core'
import { createReceiver } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import type { BrowserContext } from 'playwright-core'
import { root } from '../support/processes.ts'
import { startBrowser, windowOf } from './browser.ts'
import { deliveryOf, failEach, handleEach, keepDead } from './deliveries.ts'
import { serve } from './serve.ts'
import { openSqlite } from './stores.ts'

const folder = join(root, 'docs/screenshots')
const mostBytes = 150_000
const minuteMs = 60_000

mkdirSync(folder, { recursive: true })
const capturedAt = new Date(Date.now() - 4 * minuteMs).toISOString()
const own = openSqlite({ retain: { bodiesForMs: 3_600_000 } })
const { inbox } = own
const receiver = createReceiver(redcumbre('0123456789abcdef'.repeat(4)), { inbox, work: false })
let told: number | undefined
const clock = { now: () => told ?? Date.now(), monotonic: () => performance.now(), schedule: scheduleReally }
const served = await serve({ inboxes: { main: inbox }, receivers: [receiver], clock, lang: 'en' })
await tellStory()
const browser = await startBrowser()
await shoot('light', { colorScheme: 'light', viewport: { width: 1120, height: 760 } })
await shoot('dark', { colorScheme: 'dark', viewport: { width: 1120, height: 760 } })
await shoot('phone', {
  colorScheme: 'light',
  viewport: { width: 390, height: 844 },
  isMobile: true,
  deviceScaleFactor: 2,
})
await browser.close()
await served.stop()
await own.stop()

function scheduleReally(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs)
  return () => clearTimeout(timer)
}

/** An hour of traffic with a bad quarter, and what is left of it. */
async function tellStory(): Promise<void> {
  const end = Date.now()
  for (let minute = 59; minute >= 0; minute--) {
    told = end - minute * minuteMs
    const isBad = minute > 12 && minute < 26
    for (const [provider, rate] of [
      ['redcumbre', 14],
      ['stripe', 31],
      ['github', 6],
    ] as const)
      observeMinute(
        provider,
        Math.round(rate * (1 + 0.5 * Math.sin(minute / 7))),
        isBad && provider === 'redcumbre',
        minute,
      )
  }
  told = undefined
  await handleEach(
    inbox,
    Array.from({ length: 8 }, (_, n) => deliveryOf(n)),
  )
  await keepDead(
    inbox,
    Array.from({ length: 5 }, (_, n) => deliveryOf(20 + n, { type: 'bhe.emision_terminada' })),
  )
  const error = new Error('connect ECONNREFUSED 10.0.4.7:5432')
  await failEach(
    inbox,
    Array.from({ length: 23 }, (_, n) => deliveryOf(50 + n, { orderingKey: `boleta-${n}` })),
    error,
  )
  for (let n = 90; n < 97; n++) await inbox.accept(deliveryOf(n), { minRetentionMs: minuteMs })
  await served.board.keepRefused([
    {
      at: capturedAt,
      endpoint: 'redcumbre',
      provider: 'redcumbre',
      code: 'signature-mismatch',
      status: 401,
      method: 'POST',
      url: '/webhooks/redcumbre',
      headers: [['X-Webhook-Signature', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']],
      redacted: [],
      body: Buffer.from('{"event":"bhe.emitida"}'),
      bodyBytes: 23,
    },
  ])
}

function observeMinute(provider: string, count: number, isBad: boolean, minute: number): void {
  const observe = (observation: Observation): void => served.board.observer(observation)
  for (let n = 0; n < count; n++) {
    const id = deliveryOf(minute * 100 + n).id
    const about = { provider, endpoint: provider, id, event: provider === 'github' ? 'push' : 'invoice.paid' }
    const acknowledged = { ...about, keyId: 'default', durationMs: 3 }
    observe({ type: 'accepted', ...acknowledged })
    if (n % 9 === 8 || (isBad && n % 3 === 0)) observe({ type: 'duplicate', ...acknowledged })
    const measured = { attempt: 1, durationMs: 20, lagMs: isBad ? 900 + 70 * minute : 12 + (n % 5) * 4 }
    if (isBad && n % 2 === 0) observe({ type: 'retried', delayMs: 1_000, error: 0, ...about, ...measured })
    else observe({ type: 'handled', handlers: 1, ...about, ...measured })
  }
  if (minute % 8 === 3)
    observe({
      type: 'rejected',
      code: 'signature-mismatch',
      status: 401,
      authentic: false,
      provider,
      endpoint: provider,
    })
  if (isBad && minute % 4 === 0)
    observe({
      type: 'rejected',
      code: 'inbox-failed',
      status: 503,
      authentic: true,
      provider,
      endpoint: provider,
    })
}

async function shoot(name: string, options: Parameters<typeof windowOf>[2]): Promise<void> {
  const context: BrowserContext = await windowOf(browser, 'ada', options)
  const page = await context.newPage()
  const letter = `/delivery?inbox=main&id=${deliveryOf(51).id}`
  const paths = {
    overview: '',
    'dead-letters': '/dead',
    delivery: letter,
    preview: '/change?what=redrive&inbox=main&type=bhe.emitida',
    refused: '/refusal?endpoint=redcumbre&at=',
    live: '/live',
  }
  for (const [what, path] of Object.entries(paths)) {
    if (name !== 'light' && what !== 'overview' && what !== 'delivery') continue
    const at = what === 'refused' ? capturedAt : ''
    await page.goto(served.url + path + at)
    const file = join(folder, `${what}-${name}.png`)
    await page.screenshot({ path: file })
    const { size } = statSync(file)
    if (size > mostBytes) throw new Error(`${file} has ${size} bytes, more than ${mostBytes}`)
    console.log(`${file}: ${size} bytes`)
  }
  await context.close()
}
