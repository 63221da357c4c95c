import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delivery, Inbox } from '@acuse/core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { writePage } from './support/page-files.ts'
import { run, startTypeScript } from './support/processes.ts'

const page = 'write-an-inbox'

interface FileInboxModule {
  fileInbox(path: string): Inbox
}

const consuming = {
  endpoint: 'e',
  handles: () => ({ except: [] }),
  concurrency: 10,
  retry: {},
  observer: () => {},
}
const delivery: Delivery = {
  ...{ id: 'id-0', endpoint: 'e', provider: 'p', type: 't', bodyHash: 'f', keyId: 'k', headers: {} },
  ...{ occurredAt: undefined, receivedAt: new Date(), orderingKey: undefined, body: Buffer.from('body') },
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-page-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'inbox.jsonl')
}

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

/** The disk of a page's inbox: each write waits until it is ready. */
interface Disk {
  ready: Promise<void>
}

const slow = `export const disk = { ready: Promise.resolve() }
const sync = (fd: number) => disk.ready.then(() => promisify(fs.fdatasync)(fd))`

/** A close gives up on a result that its disk has not yet; what waits afterwards, and what was told. `fence` is taken away. */
async function closeWhileItIsWritten(fence: string): Promise<{ waiting: number; told: string[] }> {
  const name = fence === '' ? 'slow' : 'fencing'
  const folder = writePage(page, `${page}-${name}`, (code) =>
    code.replace('const sync = promisify(fs.fdatasync)', slow).replace(fence, fence && 'return true'),
  )
  const { fileInbox, disk } = (await import(join(folder, 'file-inbox.ts'))) as FileInboxModule & {
    disk: Disk
  }
  const inbox = fileInbox(temporaryFile())
  await inbox.accept(delivery, { minRetentionMs: 60_000 })
  const told: string[] = []
  const handed = new AbortController()
  const begun = once(handed.signal, 'abort')
  const consumer = inbox.consume(
    async (_, { signal }) => {
      disk.ready = once(signal, 'abort').then(() => {})
      handed.abort()
      return { status: 'done', handlers: 1 }
    },
    { ...consuming, observer: ({ type }) => void told.push(type) },
  )
  consumer.start()
  await begun
  await consumer.close({ timeoutMs: 0 })
  const { waiting } = await inbox.stats()
  await inbox.close()
  return { waiting, told }
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

  it('leads to an inbox that passes the suite', async () => {
    const { isGreen, stdout } = await runSuite(folder)
    expect(isGreen, stdout).toBe(true)
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(55)
  })

  it('would fail if it ran what may have ended its process beside others', async () => {
    const right = 'leased.length > 0 && (poison || leased.some(({ crashes }) => crashes > 0))'
    const { isGreen, stdout } = await runSuite(wrongPage('poison', right, 'false'), 'runs alone')
    expect(isGreen).toBe(false)
    expect(stdout).toMatch(/not ok \d+ - runs alone, and nothing beside it/)
  })

  it('keeps a result that is on its way to the disk when a close gives up, and would not without fencing', async () => {
    expect(await closeWhileItIsWritten('')).toEqual({ waiting: 0, told: ['handled'] })
    const { waiting, told } = await closeWhileItIsWritten(
      'return this.#inbox.live.get(leased.key) === leased',
    )
    expect(waiting).toBe(1)
    expect(told).toContain('retried')
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
    const file = temporaryFile()
    const process = startTypeScript(join(killed, 'file-inbox.test.ts'), { FILE: file }, killed)
    await process.line(/^accepted id-30$/)
    await process.stop('SIGKILL')
    const accepted = process.lines.filter((line) => line.startsWith('accepted '))
    const { fileInbox } = (await import(join(folder, 'file-inbox.ts'))) as FileInboxModule
    const inbox = fileInbox(file)
    expect((await inbox.stats()).waiting).toBeGreaterThanOrEqual(accepted.length)
    const bodies: string[] = []
    const consumer = inbox.consume(async ({ body }) => {
      bodies.push(Buffer.from(body).toString())
      return { status: 'done', handlers: 1 }
    }, consuming)
    consumer.start()
    await consumer.onIdle()
    await inbox.close()
    expect(bodies).toEqual(
      expect.arrayContaining(accepted.map((line) => line.replace('accepted id-', 'body '))),
    )
  })
})
