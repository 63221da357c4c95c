import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { writePage } from './support/page-files.ts'
import { freePort, root, run, startTypeScript } from './support/processes.ts'

/** The pages whose program prints what the page says: its file, and the page. */
const programs = [
  ['concepts/verification', 'verification.ts'],
  ['concepts/idempotency', 'idempotency.ts'],
  ['concepts/timestamp-tolerance', 'tolerance.ts'],
  ['concepts/retries-and-dead-letters', 'retries.ts'],
  ['concepts/ordering', 'ordering.ts'],
  ['concepts/batches', 'batches.ts'],
  ['concepts/handshakes', 'handshakes.ts'],
] as const

const languages = ['', 'es/']
const withSources = ['--conditions=@acuse/source', '--import', 'tsx']

/** Runs a file of a page with Node; its output. */
async function runFile(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [...withSources, ...args], { cwd: folder })
  return stdout
}

/** What a page says that its program prints: its first block of text. */
function printedOn(page: string): string {
  const text = readFileSync(join(root, 'docs', `${page}.md`), 'utf8')
  return /^```text\n(.*?)^```$/ms.exec(text)?.[1] ?? 'The page has no block of text'
}

describe.each(languages.flatMap((language) => programs.map(([page, file]) => [language + page, file])))(
  'docs/%s.md',
  (page = '', file = '') => {
    it('prints what it says', async () => {
      const folder = writePage(page, `run-${page}`)
      expect(await runFile(folder, [file])).toBe(printedOn(page))
    })
  },
)

describe.each(languages)('docs/%swrite-a-scheme.md', (language) => {
  it('has a scheme that passes the suite', async () => {
    const folder = writePage(`${language}write-a-scheme`, `run-${language}write-a-scheme`)
    const printed = await runFile(folder, ['--test', '--test-reporter=tap', 'acme.test.ts'])
    expect(printed).toContain('# fail 0')
    expect(printed).toMatch(/^# pass 1\d$/m)
  })
})

describe.each(languages)('docs/%sgetting-started.md', (language) => {
  it('receives what it sends, once', async () => {
    const page = `${language}getting-started`
    const port = String(await freePort())
    const folder = writePage(page, `run-${page}`, (code) => code.replaceAll('3000', port))
    const env = { STRIPE_WEBHOOK_SECRET: 'whsec_5f1d7c6d0a3b4e8f9c2b' }
    const server = startTypeScript('server.ts', env, folder)
    onTestFinished(async () => void (await server.stop('SIGKILL')))
    await server.line(/127\.0\.0\.1/)
    const sender = startTypeScript('send.ts', env, folder)
    await sender.line(/^200 true$/)
    expect(await sender.exited).toBe(0)
    await server.line(/evt_/)
    expect(server.lines.filter((line) => line.includes('evt_'))).toHaveLength(1)
    expect(existsSync(join(folder, 'webhooks.db'))).toBe(true)
  })
})
