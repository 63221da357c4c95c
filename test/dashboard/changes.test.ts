import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser, windowOf } from './browser.ts'
import { deliveryOf, failEach, handleEach, keepDead } from './deliveries.ts'
import { type Served, serve } from './serve.ts'
import { type OwnInbox, openSqlite, stores } from './stores.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

let own: OwnInbox
let served: Served
let page: Page
afterEach(async () => {
  await page.context().close()
  await served.stop()
  await own.stop()
})

async function open(opened: OwnInbox, user = 'ada'): Promise<void> {
  own = opened
  served = await serve({ inboxes: { main: own.inbox } })
  page = await (await windowOf(browser, user)).newPage()
}

const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => deliveryOf(from + n))

describe.each(stores)('over $store', ({ open: openStore }) => {
  it('a dead letter is redriven from its page, and is in the queue again', async () => {
    await open(openStore())
    await failEach(own.inbox, many(1), new Error('the ledger was closed'))
    await page.goto(`${served.url}/dead`)
    await page.getByRole('link', { name: deliveryOf(0).id }).click()
    await page.getByRole('heading', { name: 'bhe.emitida' }).waitFor()
    expect(await page.textContent('main')).toContain('the ledger was closed')
    await page.getByRole('link', { name: 'Redrive…' }).click()
    expect(await page.textContent('main')).toContain('1 to redrive')
    await page.getByRole('button', { name: 'Redrive 1' }).click()
    await page.waitForURL('**/job?id=*')
    expect(await page.textContent('#job')).toContain('1 put back in the queue')
    expect(await own.inbox.stats()).toMatchObject({ waiting: 1, dead: 0 })
  })

  it('a thousand are redriven by a filter, after a preview that says how many and which first', async () => {
    await open(openStore())
    await keepDead(own.inbox, many(1_000))
    await keepDead(own.inbox, [deliveryOf(5_000, { type: 'dte.emitido' })])
    await page.goto(`${served.url}/dead`)
    await page.getByLabel('Type', { exact: true }).fill('bhe.emitida')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('link', { name: 'Redrive these…' }).click()
    expect(await page.textContent('main')).toContain('1,000 to redrive')
    expect(await page.locator('tbody tr').count()).toBe(10)
    expect(await own.inbox.stats()).toMatchObject({ dead: 1_001 })
    await page.getByRole('button', { name: 'Redrive 1,000' }).click()
    await page.waitForURL('**/job?id=*')
    await page.getByText('1,000 put back in the queue').waitFor()
    await page.getByText('done').waitFor()
    expect(await own.inbox.stats()).toMatchObject({ waiting: 1_000, dead: 1 })
  })

  it('a discard shows first what it will forget, and forgets no more than that', async () => {
    await open(openStore())
    await keepDead(own.inbox, many(3))
    await page.goto(`${served.url}/dead?reason=stale`)
    await page.getByRole('link', { name: 'Discard these…' }).click()
    expect(await page.textContent('main')).toContain('3 to discard')
    expect(await page.textContent('main')).toContain('cannot be undone')
    // It dies behind the preview.
    await page.waitForFunction((then) => Date.now() > then, Date.now() + 2)
    await keepDead(own.inbox, [deliveryOf(9)])
    await page.getByRole('button', { name: 'Discard 3' }).click()
    await page.waitForURL('**/job?id=*')
    expect(await page.textContent('#job')).toContain('3 discarded')
    expect(await own.inbox.stats()).toMatchObject({ dead: 1, waiting: 0 })
  })

  it('a preview of nothing offers no button', async () => {
    await open(openStore())
    await page.goto(`${served.url}/change?what=discard&inbox=main`)
    expect(await page.textContent('main')).toContain('there is nothing to do')
    expect(await page.locator('main button').count()).toBe(0)
  })

  it('who may only look is shown no button, and no form of theirs changes anything', async () => {
    await open(openStore(), 'reader')
    await keepDead(own.inbox, many(1))
    await page.goto(`${served.url}/change?what=discard&inbox=main`)
    expect(await page.locator('main button').count()).toBe(0)
    const status = await page.evaluate(async (url) => {
      const body = new URLSearchParams({ what: 'discard', inbox: 'main', until: new Date().toISOString() })
      return (await fetch(url, { method: 'POST', body })).status
    }, `${served.url}/change`)
    expect(status).toBe(403)
    expect(await own.inbox.stats()).toMatchObject({ dead: 1 })
  })
})

it('a redrive goes on behind its answer, is followed without a reload, and can be stopped', async () => {
  await open(openSqlite())
  await keepDead(own.inbox, many(50))
  await page.goto(`${served.url}/change?what=redrive&inbox=main`)
  await page.getByLabel('The most in a second').fill('5')
  await page.getByRole('button', { name: 'Redrive 50' }).click()
  await page.waitForURL('**/job?id=*')
  const before = await page.textContent('#job')
  expect(before).toContain('running')
  await expect.poll(() => page.textContent('#job'), { timeout: 30_000 }).not.toBe(before)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('stopped').waitFor()
  const { waiting, dead } = await own.inbox.stats()
  expect(waiting).toBeGreaterThan(0)
  expect(dead).toBeGreaterThan(0)
})

it('handled deliveries whose bodies are kept are listed, and replayed after a preview', async () => {
  await open(openSqlite({ retain: { bodiesForMs: 3_600_000 } }))
  await handleEach(own.inbox, many(3))
  await page.goto(`${served.url}/deliveries?state=handled`)
  expect(await page.locator('tbody tr').count()).toBe(3)
  await page.getByRole('link', { name: 'Replay these…' }).click()
  expect(await page.textContent('main')).toContain('3 to replay')
  await page.getByRole('button', { name: 'Replay 3' }).click()
  await page.waitForURL('**/job?id=*')
  await page.getByText('3 replayed').waitFor()
  expect(await own.inbox.stats()).toMatchObject({ waiting: 3 })
})

it('everything but the live view works without a script', async () => {
  await open(openSqlite())
  await page.context().close()
  page = await (await windowOf(browser, 'ada', { javaScriptEnabled: false })).newPage()
  await keepDead(own.inbox, many(2))
  await page.goto(`${served.url}/dead`)
  await page.getByRole('link', { name: 'Discard these…' }).click()
  await page.getByRole('button', { name: 'Discard 2' }).click()
  await page.waitForURL('**/job?id=*')
  expect(await page.textContent('#job')).toContain('2 discarded')
})
