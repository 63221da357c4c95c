import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { browser as debians, findCommand, provide } from '../support/services.ts'

/** Starts Debian's browser. */
export async function startBrowser(): Promise<Browser> {
  await provide([debians])
  const executablePath = findCommand(debians.commands)
  if (executablePath === undefined) throw new Error('chromium is not here')
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']
  return await chromium.launch({ executablePath, args })
}

/** What a page did that it must not: errors, refusals of the policy, dialogs, and requests to elsewhere. */
export function watch(page: Page, origin: string): readonly string[] {
  const wrongs: string[] = []
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text()))
      wrongs.push(message.text())
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:')) wrongs.push(`request: ${url}`)
  })
  return wrongs
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on a page that is serious or critical, by rule and element. The page's policy forbids inline scripts; this is none. */
export async function axeFinds(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(async (): Promise<axe.AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    return await axe.run()
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${page.url()} ${id}: ${html.slice(0, 200)}`))
}

/** A window of its own, with the headers of a user. */
export async function windowOf(
  browser: Browser,
  user: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  return await browser.newContext({
    locale: 'en-GB',
    httpCredentials: { username: user, password: 'x' },
    extraHTTPHeaders: { authorization: `Basic ${btoa(`${user}:x`)}` },
    ...options,
  })
}
