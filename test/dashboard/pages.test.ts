import type { Inbox } from '@acuse/core'
import { createReceiver } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFinds, startBrowser, watch, windowOf } from './browser.ts'
import { deliveryOf, failEach, handleEach, keepDead } from './deliveries.ts'
import { type Served, serve } from './serve.ts'
import { type OwnInbox, openSqlite } from './stores.ts'

const secret = 'c3a9c1d07be2485690d4c7ab13ef52680a9b7d4e6c1f3825d07e9ba4c61f8d23'

let browser: Browser
let own: OwnInbox
let inbox: Inbox
let served: Served

beforeAll(async () => {
  browser = await startBrowser()
  own = openSqlite({ retain: { bodiesForMs: 3_600_000 } })
  inbox = own.inbox
  const receiver = createReceiver(redcumbre(secret), { inbox, work: false })
  served = await serve({ inboxes: { main: inbox }, receivers: [receiver] })
  await handleEach(inbox, [deliveryOf(1), deliveryOf(2)])
  await failEach(inbox, [deliveryOf(3, { orderingKey: 'boleta-7' })], new Error('the ledger was closed'))
  await keepDead(
    inbox,
    Array.from({ length: 60 }, (_, n) => deliveryOf(100 + n, { type: 'dte.emitido' })),
  )
  await inbox.accept(deliveryOf(4, { orderingKey: 'boleta-7' }), { minRetentionMs: 60_000 })
  for (let n = 0; n < 40; n++) observeOne(n)
  await served.board.keepRefused([tampered])
})
afterAll(async () => {
  await browser.close()
  await served.stop()
  await own.stop()
})

function observeOne(n: number): void {
  const about = {
    provider: n % 2 ? 'redcumbre' : 'stripe',
    id: deliveryOf(n).id,
    event: 'bhe.emitida',
    endpoint: 'main',
  }
  const { observer } = served.board
  observer({ type: 'accepted', keyId: 'default', durationMs: 1, ...about })
  observer({ type: 'duplicate', keyId: 'default', durationMs: 1, ...about })
  observer({
    type: 'rejected',
    code: 'signature-mismatch',
    status: 401,
    authentic: false,
    provider: about.provider,
    endpoint: 'main',
  })
}

const tampered = {
  at: '2026-01-31T12:00:00.000Z',
  endpoint: 'redcumbre',
  provider: 'redcumbre',
  code: 'signature-mismatch',
  status: 401,
  method: 'POST',
  url: '/webhooks/redcumbre',
  headers: [['X-Webhook-Signature', '0'.repeat(64)]],
  redacted: [],
  body: Buffer.from('{"event":"bhe.emitida"}'),
  bodyBytes: 23,
} as const

const patient = { timeout: 30_000 }
const one = () => `/delivery?inbox=main&id=${deliveryOf(3).id}`
const pages: readonly (readonly [name: string, path: () => string, says: string])[] = [
  ['overview', () => '', 'Deliveries now'],
  ['overview of three hours', () => '?hours=3', 'Last 3 hours'],
  ['waiting deliveries', () => '/deliveries', 'Deliveries: waiting'],
  ['handled deliveries', () => '/deliveries?state=handled', 'Replay these'],
  ['dead letters', () => '/dead', 'oldest first'],
  ['a dead letter', one, 'the ledger was closed'],
  ['a waiting delivery', () => `/delivery?inbox=main&id=${deliveryOf(4).id}`, 'boleta-7'],
  ['a handled delivery', () => `/delivery?inbox=main&id=${deliveryOf(1).id}`, 'No attempt has failed'],
  ['search', () => '/search', 'An ID finds one delivery'],
  ['results', () => '/search?orderingKey=boleta-7', '2 deliveries'],
  ['the live view', () => '/live', 'Latest observations'],
  ['refused requests', () => '/refused', 'signature-mismatch'],
  ['a refused request', () => `/refusal?endpoint=redcumbre&at=${tampered.at}`, 'What to do'],
  ['the preview of a redrive', () => '/change?what=redrive&inbox=main', '61 to redrive'],
  [
    'the preview of a discard',
    () => `/change?what=discard&inbox=main&id=${deliveryOf(3).id}`,
    '1 to discard',
  ],
  ['the preview of a replay', () => '/change?what=replay&inbox=main', '2 to replay'],
  ['a page that is not there', () => '/nothing', 'no such page'],
  ['a question that cannot be asked', () => '/dead?from=yesterday', 'yesterday is no time'],
]

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    context = await windowOf(browser, 'ada', { colorScheme })
    page = await context.newPage()
  })
  afterAll(() => context.close())

  it.each(pages)(
    '%s shows what it is for, whole, and axe finds nothing serious',
    async (_name, path, says) => {
      const wrongs = watch(page, served.origin)
      const answer = await page.goto(served.url + path())
      expect(await page.textContent('main')).toContain(says)
      expect(await axeFinds(page)).toEqual([])
      expect(wrongs).toEqual([])
      expect((await answer?.body())?.byteLength).toBeLessThan(90_000)
      expect(await page.title()).toMatch(/ · Acuse$/)
      expect(await page.locator('h1').count()).toBe(1)
    },
  )
})

describe('on a phone', () => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    context = await windowOf(browser, 'ada', { viewport: { width: 360, height: 740 }, isMobile: true })
    page = await context.newPage()
  })
  afterAll(() => context.close())

  it.each(pages)('%s is as wide as the screen', async (_name, path) => {
    await page.goto(served.url + path())
    const beyond = await page
      .locator('html')
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
    expect(beyond).toBe(0)
  })
})

describe('a reader', () => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    context = await windowOf(browser, 'ada')
    page = await context.newPage()
  })
  afterAll(() => context.close())

  it('finds a delivery by its id in whatever state it is', async () => {
    for (const n of [1, 3, 4]) {
      await page.goto(`${served.url}/search`)
      await page.getByLabel('ID', { exact: true }).fill(deliveryOf(n).id)
      await page.getByRole('button', { name: 'Search' }).click()
      await page.waitForURL('**/delivery?**')
      expect(await page.textContent('main')).toContain(deliveryOf(n).id)
    }
  })

  it('finds deliveries by type, ordering key and time, in every state', async () => {
    const found = async (query: string): Promise<string> => {
      await page.goto(`${served.url}/search?${query}`)
      return (await page.textContent('[role=status]')) ?? ''
    }
    expect(await found('type=bhe.emitida')).toBe('4 deliveries')
    expect(await found('type=bhe.emitida&provider=stripe')).toBe('0 deliveries')
    expect(await found('orderingKey=boleta-7')).toBe('2 deliveries')
    expect(await found('type=bhe.emitida&from=2020-01-01T00:00')).toBe('4 deliveries')
    expect(await found('type=bhe.emitida&until=2020-01-01T00:00')).toBe('0 deliveries')
    expect(await found('id=nothing')).toBe('0 deliveries')
  })

  it('sees of a delivery its request, its trace, its attempts and its body, as sent and formatted', async () => {
    await page.goto(served.url + one())
    const text = (await page.textContent('main')) ?? ''
    for (const part of [
      'request-3',
      '4bf92f3577b34da6a3ce929d0e0e4736',
      'Attempt 1',
      'Attempt 2',
      'the ledger was closed',
      'content-type',
    ])
      expect(text).toContain(part)
    expect(await page.textContent('details:has-text("Formatted") pre')).toContain('\n    "tasa": 1.0\n')
    expect(await page.textContent('details:has-text("As received") pre')).toBe(
      Buffer.from(deliveryOf(3).body).toString(),
    )
    await page.getByText('Stack').first().click()
    expect(await page.textContent('.attempts pre')).toContain('Error: the ledger was closed\n    at')
  })

  it('loads less than 100 KB for the first page of dead letters, all that it needs', async () => {
    const fresh = await windowOf(browser, 'ada')
    const here = await fresh.newPage()
    const sizes: Promise<number>[] = []
    here.on('response', (answer) => sizes.push(answer.body().then((body) => body.byteLength)))
    await here.goto(`${served.url}/dead`, { waitUntil: 'networkidle' })
    const loaded = await Promise.all(sizes)
    expect(loaded.length).toBeGreaterThanOrEqual(3)
    expect(loaded.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000)
    await fresh.close()
  })

  it('goes through pages that neither repeat nor skip', async () => {
    await page.goto(`${served.url}/dead`)
    const ids = await page.locator('tbody a').allTextContents()
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.getByRole('link', { name: 'First page' }).waitFor()
    ids.push(...(await page.locator('tbody a').allTextContents()))
    expect(new Set(ids).size).toBe(61)
    expect(ids).toHaveLength(61)
  })

  it('sees in the live view what happens, when it happens, and can pause it', async () => {
    await page.goto(`${served.url}/live`)
    const rows = page.locator('#events tbody tr')
    const before = await rows.count()
    observeOne(1)
    await expect.poll(() => rows.count(), patient).toBe(before + 3)
    expect(await rows.first().textContent()).toContain('401 signature-mismatch')
    await page.getByText('3 new').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused').waitFor()
    observeOne(2)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => rows.count(), patient).toBe(before + 6)
    for (let n = 0; n < 80; n++) observeOne(n)
    await expect.poll(() => rows.count(), patient).toBe(200)
  })

  it('is told of a refused request what was found, and what to do', async () => {
    await page.goto(`${served.url}/refused`)
    await page.getByRole('link', { name: /^Explain/ }).click()
    await page.getByText('What to do').waitFor()
    expect(await page.textContent('main')).toContain('Compare the secret')
  })

  it('reaches the content and every link with the keyboard', async () => {
    await page.goto(`${served.url}/dead`)
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').getAttribute('name')).toBe('provider')
  })

  it('reads Spanish where the browser asks for it, and may switch', async () => {
    const spanish = await windowOf(browser, 'ada', { locale: 'es-CL' })
    const here = await spanish.newPage()
    await here.goto(served.url)
    expect(await here.getAttribute('html', 'lang')).toBe('es')
    expect(await here.textContent('h1')).toBe('Resumen')
    expect(await axeFinds(here)).toEqual([])
    await here.getByRole('link', { name: 'English' }).click()
    await here.getByRole('link', { name: 'Dead letters' }).click()
    expect(await here.getAttribute('html', 'lang')).toBe('en')
    await spanish.close()
  })
})
