import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Captured, capture, secret } from '../processes/fleet.ts'
import { sharedPostgres } from '../support/postgres.ts'
import { type Running, startProgram } from '../support/processes.ts'
import { startRedis } from '../support/redis.ts'
import { acuse } from './acuse.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

const settings = {
  sqlite: async (folder: string) => `sqlite:${join(folder, 'inbox.db')}`,
  postgres: async () => {
    const database = await sharedPostgres()
    undo.push(() => database.stop())
    return `postgres:${database.url}`
  },
  bullmq: async () => {
    const redis = await startRedis()
    undo.push(() => redis.stop())
    return `bullmq:${redis.url}`
  },
}

interface Service {
  readonly inbox: string
  readonly broken: string
  readonly folder: string
  readonly running: Running
  send(captured: Captured): Promise<number>
  /** The ids of the first lines of a kind, when so many were printed. */
  until(kind: 'dead' | 'handled', count: number): Promise<string[]>
}

/** A service that is broken at first. */
async function startService(kind: keyof typeof settings): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-inbox-'))
  undo.push(() => rmSync(folder, { recursive: true }))
  const inbox = await settings[kind](folder)
  const broken = join(folder, 'broken')
  writeFileSync(broken, '')
  const running = startProgram('cli/server.ts', { SECRET: secret, INBOX: inbox, BROKEN: broken })
  undo.push(() => running.stop())
  const port = (await running.line(/^listening on/)).split(' ').at(-1)
  return {
    inbox,
    broken,
    folder,
    running,
    async send({ body, signature }) {
      const headers = {
        'content-type': 'application/json',
        'x-webhook-signature': signature,
        'x-request-id': 'r-7',
      }
      const sent = { method: 'POST', body: new Uint8Array(body), headers }
      return (await fetch(`http://127.0.0.1:${port}/webhooks/redcumbre`, sent)).status
    },
    async until(of, count) {
      const found = () => running.lines.filter((line) => line.startsWith(`${of} `))
      while (found().length < count) {
        const seen = found().length
        await running.line(new RegExp(`^${of} (?!${found().map(idOf).join('|') || 'none'}$)`))
        if (found().length === seen) throw new Error('it printed nothing more')
      }
      return found().map(idOf)
    },
  }
}

const idOf = (line: string): string => line.split(' ')[1] ?? ''

describe.each(['sqlite', 'postgres', 'bullmq'] as const)('acuse inbox beside a service on %s', (kind) => {
  it('sees what died, tells why, and has it handled by the service, which goes on', async () => {
    const service = await startService(kind)
    const { inbox, running } = service
    const env = { INBOX: inbox }
    const sent = [capture(1), capture(2), capture(3, 'bhe.pdf_sii_fallido')]
    for (const each of sent) expect(await service.send(each)).toBe(200)
    const ids = await service.until('dead', 3)

    const stats = JSON.parse((await acuse(['inbox', 'stats', '--json'], { env })).stdout)
    expect(stats).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 3, oldestAgeMs: 0 })
    expect(stats.types).toEqual([
      expect.objectContaining({ provider: 'redcumbre', type: 'bhe.emitida', dead: 2 }),
      expect.objectContaining({ provider: 'redcumbre', type: 'bhe.pdf_sii_fallido', dead: 1 }),
    ])

    const listed = await acuse(['inbox', 'list', '--type', 'bhe.pdf_sii_fallido', '--json'], { env })
    const { letters } = JSON.parse(listed.stdout)
    expect(letters).toEqual([
      expect.objectContaining({
        reason: 'attempts-used-up',
        attempt: 2,
        message: expect.stringContaining('the ledger is closed'),
      }),
    ])
    const [{ id }] = letters
    expect(ids).toContain(id)

    const shown = await acuse(['inbox', 'show', ...(id.startsWith('-') ? ['--'] : []), id], { env })
    expect(shown.stdout).toContain(sent[2]?.body.toString())
    expect(shown.stdout).toContain('x-request-id: r-7')
    expect(shown.stdout).toMatch(
      /attempt 1 at .*\n {4}Error: the ledger is closed\n[\s\S]*attempt 2 at .*\n {4}Error: the ledger is closed\n {8}at book /,
    )

    const file = join(service.folder, 'dead.ndjson')
    expect(await acuse(['inbox', 'export', '--output', file], { env })).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    const exported = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(
      exported.map(({ delivery }) => Buffer.from(delivery.bodyBase64, 'base64').toString()).sort(),
    ).toEqual(sent.map(({ body }) => body.toString()).sort())

    rmSync(service.broken)
    // The command that `show` prints, as a shell takes it apart.
    const command = shown.stdout.trimEnd().split('\n').at(-1)?.trim().split(' ').slice(1) ?? []
    expect(await acuse(command, { env })).toEqual({ exitCode: 0, stdout: 'redriven: 1\n', stderr: '' })
    expect(await service.until('handled', 1)).toEqual([id])
    const all = await acuse(['inbox', 'redrive', '--all', '--yes', '--json', '--inbox', inbox])
    expect(JSON.parse(all.stdout)).toEqual({ matched: 2, changed: 2, left: 0, dryRun: false })
    expect((await service.until('handled', 3)).sort()).toEqual([...ids].sort())

    expect(await service.send(capture(4))).toBe(200)
    await service.until('handled', 4)
    const after = JSON.parse((await acuse(['inbox', 'stats', '--json'], { env })).stdout)
    expect(after).toMatchObject({ dead: 0, types: [], oldestDeadAt: null })
    expect(await running.stop()).toBe(0)
  })
})
