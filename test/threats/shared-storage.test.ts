import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bullmqInbox } from '@acuse/bullmq'
import { createReceiver, fallbackInbox, type Inbox, memoryInbox, type ReceiverOptions } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AcmeEvents, acme, paid, signed } from '../../packages/core/test/support/acme.ts'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'

const logger = { debug: silent, info: silent, warn: silent, error: silent }
let redis: OwnRedis
let folder: string

function silent(): void {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acuse-shared-'))
  redis = await startDurableRedis()
})
afterAll(async () => {
  await redis.stop()
  rmSync(folder, { recursive: true })
})

/** Each call opens another inbox on the same storage, where there is one. */
const inboxes: Readonly<Record<string, () => Inbox>> = {
  SQLite: () => sqliteInbox(join(folder, 'w.db'), { pollMs: 20 }),
  BullMQ: () => bullmqInbox({ connection: redis.url, timeoutMs: 5_000 }),
  memory: () => memoryInbox(),
  'a fallback': () => fallbackInbox(memoryInbox(), memoryInbox()),
}

function open(name: string): Inbox {
  const inbox = inboxes[name]?.()
  if (!inbox) throw new Error(name)
  onTestFinished(() => inbox.close({ timeoutMs: 1_000 }))
  return inbox
}

/** A receiver, its requests, and whose events its handler got. */
function bench(name: string, options: Pick<ReceiverOptions<AcmeEvents>, 'observer'> & { endpoint?: string }) {
  const receiver = createReceiver(acme(), {
    inbox: open(name),
    logger,
    acceptTimeoutMs: 4_000,
    ...options,
  })
  onTestFinished(() => receiver.close({ timeoutMs: 1_000 }))
  const send = async (id: string) =>
    await receiver.receive(signed({ ...paid, id, at: new Date().toISOString() }))
  return { receiver, send }
}

describe.each(['SQLite', 'BullMQ'])(
  'two receivers of one process, each with an inbox of its own on %s',
  (name) => {
    it('of one endpoint are refused, and of two each handles what it accepted', async () => {
      const handled: string[] = []
      const first = bench(name, {})
      expect(() => bench(name, {})).toThrow('give each receiver the option endpoint')
      const second = bench(name, { endpoint: 'acme-two' })
      first.receiver.on('order.paid', ({ payload }) => void handled.push(`first ${payload.id}`))
      second.receiver.on('order.paid', ({ payload }) => void handled.push(`second ${payload.id}`))
      const sent: string[] = []
      for (let n = 0; n < 20; n++) {
        const [whose, { send }] = n % 2 ? (['first', first] as const) : (['second', second] as const)
        expect(await send(`${n}`)).toMatchObject({ kind: 'accepted' })
        sent.push(`${whose} ${n}`)
      }
      await vi.waitFor(() => expect(handled.length).toBeGreaterThanOrEqual(sent.length), 60_000)
      expect(handled.sort()).toEqual(sent.sort())
    })
  },
)

describe.each(Object.keys(inboxes))('48: the async context of what %s hands out', (name) => {
  it('is that of the receiver, and not of the request that woke the worker', async () => {
    const context = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const look = (): void => void seen.push(context.getStore())
    const { receiver, send } = context.run('start', () =>
      bench(name, { observer: ({ type }) => type === 'handled' && look() }),
    )
    receiver.on('order.paid', look)
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => context.run(`request ${n}`, () => send(`${name} ${n}`))),
    )
    await vi.waitFor(() => expect(seen).toHaveLength(40), 60_000)
    expect(new Set(seen)).toEqual(new Set(['start']))
  })
})
