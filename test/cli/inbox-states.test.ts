import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteInbox } from '@acuse/sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { acuse } from './acuse.ts'
import { dead, letterOf } from './dead-inbox.ts'

const accepting = { minRetentionMs: 3_600_000 }
const consuming = {
  endpoint: 'acme',
  concurrency: 1,
  retry: { attempts: 3, minDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
  observer: () => {},
}

/** A file with one that was handled, one that is delayed, two that wait and one that is dead. */
async function withEach(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-states-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'inbox.db')
  const inbox = sqliteInbox(path, { retain: { bodiesForMs: 3_600_000 } })
  await inbox.accept(dead('handled', { type: 'good' }), accepting)
  await inbox.accept(dead('delayed', { type: 'bad' }), accepting)
  await inbox.accept(dead('waits'), accepting)
  await inbox.accept(dead('hostile', { headers: { 'x-id': 'a\u001b]0;b' } }), accepting)
  await inbox.deadLetter(dead('dead'), 'stale')
  const consumer = inbox.consume(
    async ({ type }) =>
      type === 'good'
        ? { status: 'done', handlers: 1 }
        : { status: 'failed', error: new Error('no luck'), completed: ['ledger'] },
    { ...consuming, handles: () => ({ only: ['good', 'bad'] }) },
  )
  consumer.start()
  await expect.poll(async () => (await inbox.stats()).delayed, { timeout: 60_000 }).toBe(1)
  await inbox.close()
  return `sqlite:${path}`
}

it('lists and shows deliveries in every state', async () => {
  const setting = await withEach()
  const run = (...args: string[]) => acuse(['inbox', ...args, '--inbox', setting])
  const listed = async (...args: string[]) => {
    const { deliveries } = JSON.parse((await run('list', '--json', ...args)).stdout)
    return deliveries.map(({ id }: { readonly id: string }) => id)
  }
  expect(await listed('--state', 'waiting')).toEqual(['hostile', 'waits'])
  expect(await listed('--state', 'waiting', '--limit', '1')).toEqual(['hostile'])
  expect(await listed('--state', 'waiting', '--older-than', '1h')).toEqual([])
  expect(await listed('--state', 'delayed', '--type', 'bad', '--newer-than', '1h')).toEqual(['delayed'])
  expect(await listed('--state', 'leased')).toEqual([])
  expect(await listed('--state', 'handled')).toEqual(['handled'])

  const table = await run('list', '--state', 'delayed')
  expect(table.stdout).toMatch(/^id +received +provider +type +state +attempts +next attempt$/m)
  expect(table.stdout).toMatch(/^delayed +\S+Z +acme +bad +delayed +1 +\S+Z$/m)
  expect((await run('list', '--state', 'waiting', '--limit', '1')).stdout).toMatch(/^more: --after \S+$/m)
  expect((await run('list', '--state', 'leased', '--lang', 'es')).stdout).toContain('no hay tales entregas')

  const shown = await run('show', 'delayed')
  expect(shown.stdout).toMatch(/completed +ledger/)
  expect(shown.stdout).toContain('body (16 bytes):\n  {"id":"delayed"}\n')
  expect(shown.stdout).toContain('Error: no luck')
  expect(shown.stdout).not.toContain('redrive')
  expect((await run('show', 'hostile')).stdout).toContain('x-id: a\\u001b]0;b')
  const document = JSON.parse((await run('show', 'handled', '--json')).stdout)
  expect(document).toMatchObject({
    id: 'handled',
    state: 'handled',
    delivery: { bodyText: '{"id":"handled"}' },
  })
  expect((await run('show', letterOf(dead('dead')))).stdout).toContain('acuse inbox redrive')
})

it('refuses the reason of a death beside a state, and tells that there is no such delivery', async () => {
  const setting = await withEach()
  const wrong = await acuse(['inbox', 'list', '--inbox', setting, '--state', 'waiting', '--reason', 'stale'])
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--reason is of dead letters')])
  const none = await acuse(['inbox', 'show', 'nobody', '--inbox', setting])
  expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('There is no delivery nobody')])
})
