import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inbox } from '@acuse/core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { typeErrors, writePage } from './support/page-files.ts'
import { run, startTypeScript } from './support/processes.ts'

const page = 'write-an-inbox'

/** Runs the page's own test file with Node's runner, as the page says; what it printed, and whether it passed. */
async function runSuite(folder: string, only?: string): Promise<{ isGreen: boolean; stdout: string }> {
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`]
  const args = ['--conditions=@acuse/source', '--import', 'tsx', '--test', '--test-reporter=tap', ...pattern]
  return await run(process.execPath, [...args, 'file-inbox.test.ts'], {
    cwd: folder,
    maxBuffer: 10_000_000,
  }).then(
    ({ stdout }) => ({ isGreen: true, stdout }),
    ({ stdout }: { readonly stdout: string }) => ({ isGreen: false, stdout }),
  )
}

/** The page with one mistake in it. */
function wrongPage(name: string, right: string, wrong: string): string {
  let isThere = false
  const folder = writePage(page, `${page}-${name}`, (code) => {
    isThere ||= code.includes(right)
    return code.replace(right, wrong)
  })
  if (!isThere) throw new Error(`The page no longer has: ${right}`)
  return folder
}

/** Accepts deliveries of one endpoint one after the other, and prints each id when it is accepted. */
const acceptor = `
import { fileInbox } from './file-inbox.ts'
const inbox = fileInbox(process.env.FILE as string)
for (let n = 0; ; n++) {
  const delivery = {
    id: 'id-' + n, endpoint: 'e', provider: 'p', type: 't', bodyHash: 'f', keyId: 'k', headers: {},
    occurredAt: undefined, receivedAt: new Date(), orderingKey: undefined, body: Buffer.from('body ' + n),
  }
  console.log(await inbox.accept(delivery, { minRetentionMs: 60_000 }), delivery.id)
}
`

describe('docs/write-an-inbox.md', () => {
  let folder: string

  beforeAll(() => {
    folder = writePage(page)
  })

  it('has code that the type checker accepts', async () => {
    expect(await typeErrors(folder)).toBe('')
  })

  it('leads to an inbox that passes the suite', async () => {
    const { isGreen, stdout } = await runSuite(folder)
    expect(isGreen, stdout).toBe(true)
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(55)
  })

  it('would fail without fencing', async () => {
    const right = 'if (this.#leases.get(key) === abort) await this.#settle'
    const { isGreen, stdout } = await runSuite(
      wrongPage('fencing', right, 'await this.#settle'),
      "takes no late 'done'",
    )
    expect(isGreen).toBe(false)
    expect(stdout).toMatch(/not ok \d+ - takes no late 'done'/)
  })

  it('would fail without the journal', async () => {
    const right = 'await append(this.#fd, batch)'
    const { isGreen, stdout } = await runSuite(
      wrongPage('journal', right, ''),
      'hands out what was accepted and',
    )
    expect(isGreen).toBe(false)
    expect(stdout).toMatch(/not ok \d+ - hands out what was accepted and not handled/)
  })

  it('leads to an inbox that loses nothing that it accepted when it is killed', async () => {
    const killed = writePage(page, `${page}-killed`, (code, name) =>
      name === 'file-inbox.test.ts' ? acceptor : code,
    )
    const store = mkdtempSync(join(tmpdir(), 'acuse-page-'))
    onTestFinished(() => rmSync(store, { recursive: true }))
    const file = join(store, 'inbox.jsonl')
    const process = startTypeScript(join(killed, 'file-inbox.test.ts'), { FILE: file }, killed)
    await process.line(/^accepted id-30$/)
    await process.stop('SIGKILL')
    const accepted = process.lines.filter((line) => line.startsWith('accepted '))
    const { fileInbox } = (await import(join(folder, 'file-inbox.ts'))) as { fileInbox(path: string): Inbox }
    const inbox = fileInbox(file)
    expect((await inbox.stats()).waiting).toBeGreaterThanOrEqual(accepted.length)
    const bodies: string[] = []
    const consumer = inbox.consume(
      async ({ body }) => {
        bodies.push(Buffer.from(body).toString())
        return { status: 'done', handlers: 1 }
      },
      { endpoint: 'e', handles: () => ({ except: [] }), concurrency: 10, retry: {}, observer: () => {} },
    )
    consumer.start()
    await consumer.onIdle()
    await inbox.close()
    expect(bodies).toEqual(
      expect.arrayContaining(accepted.map((line) => line.replace('accepted id-', 'body '))),
    )
  })
})
