import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../support/processes.ts'
import { startBrowser, watch } from './browser.ts'

let browser: Awaited<ReturnType<typeof startBrowser>>
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

it('the demo opens a dashboard for whoever has its address, and for nobody else', async () => {
  const words = ['--conditions=@acuse/source', '--import', 'tsx', 'src/demo.ts', '--dashboard']
  const demo = spawn(process.execPath, words, {
    cwd: join(root, 'examples/express'),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(demo, 'exit')
  try {
    const address = await addressIn(demo.stdout)
    const { origin, pathname } = new URL(address)
    expect((await fetch(origin + pathname)).status).toBe(403)
    expect((await fetch(`${origin}${pathname}?token=guessed`)).status).toBe(403)
    const page = await (await browser.newContext({ locale: 'en' })).newPage()
    const wrongs = watch(page, origin)
    await page.goto(address)
    expect(page.url()).toBe(origin + pathname)
    await page.getByRole('link', { name: 'Live', exact: true }).click()
    await page.getByText('dead', { exact: true }).first().waitFor({ timeout: 120_000 })
    await page.getByText('401 signature-mismatch').first().waitFor({ timeout: 120_000 })
    await page.getByRole('link', { name: 'Refused' }).click()
    await page
      .getByRole('link', { name: /^Explain/ })
      .first()
      .click()
    await page.getByText('What to do').waitFor()
    await page.getByRole('link', { name: 'Dead letters' }).click()
    await page.getByText('the ledger is closed for this document').first().waitFor()
    expect(wrongs).toEqual([])
  } finally {
    demo.kill('SIGINT')
  }
  expect(await exited).toEqual([0, null])
})

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, address] = /^The dashboard: (http:\S+)$/.exec(line) ?? []
    if (address === undefined) continue
    output.resume()
    return address
  }
  throw new Error('The demo ended without an address')
}
