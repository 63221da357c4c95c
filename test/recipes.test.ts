import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createReceiver,
  type DeadLetterFilter,
  defineProvider,
  fromRawHeaders,
  hmac,
  type Inbox,
  memoryInbox,
  type Observer,
  type Receiver,
} from '@acuse/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { writePage } from './support/page-files.ts'

interface Counter {
  add(value: number, attributes: Record<string, string>): void
}

/** Which functions the page has; its own types are checked by the compiler. */
interface Recipes {
  printDeadLetters(inbox: Inbox, filter?: DeadLetterFilter): Promise<void>
  inspect(inbox: Inbox, id: string, options?: { redrive?: boolean }): Promise<boolean>
  archive(inbox: Inbox, filter: DeadLetterFilter, file: string): Promise<number>
  countInto(counter: Counter): Observer
  alertWith(alert: (text: string) => Promise<void>): Observer
  findDead(inbox: Inbox): Promise<string[]>
  all(...observers: readonly Observer[]): Observer
}

const folder = writePage('recipes')
const files = ['dead-letters', 'discard', 'metrics', 'alert', 'observe']
const modules = await Promise.all(files.map((name) => import(join(folder, `${name}.ts`))))
const recipes = Object.assign({}, ...modules) as Recipes

const secret = 'a-secret-of-more-than-sixteen-bytes'
const shop = defineProvider<{ paid: { type: 'paid'; n: number } }>({
  name: 'shop',
  path: '/webhooks/shop',
  scheme: hmac({ header: 'x-signature', secret }),
  events: {
    paid: { '~standard': { version: 1, vendor: 'shop', validate: (value) => ({ value: value as never }) } },
  },
  envelope: ({ type }) => (typeof type === 'string' ? { type } : { code: 'envelope-invalid' }),
})

interface Shop {
  readonly receiver: Receiver<{ paid: { type: 'paid'; n: number } }>
  readonly inbox: Inbox
  readonly handled: number[]
  mend(): void
  send(payload: object, signature?: string): Promise<number>
}

/** A shop whose handler fails until it is mended. */
function open(observer: Observer = () => {}): Shop {
  const inbox = memoryInbox()
  const silent = (): void => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const receiver = createReceiver(shop, { inbox, observer, logger, retry: { attempts: 1 } })
  const handled: number[] = []
  let isMended = false
  receiver.on('paid', ({ payload }) => {
    if (!isMended) throw new Error(`no stock for ${payload.n}`)
    handled.push(payload.n)
  })
  return {
    receiver,
    inbox,
    handled,
    mend() {
      isMended = true
    },
    async send(payload, signature) {
      const body = Buffer.from(JSON.stringify(payload))
      const proof = signature ?? createHmac('sha256', secret).update(body).digest('hex')
      const headers = fromRawHeaders(['x-signature', proof])
      const { status } = await receiver.receive({ method: 'POST', url: '/webhooks/shop', headers, body })
      await receiver.onIdle()
      return status
    },
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('docs/recipes.md', () => {
  it('lists all pages of the dead-letter queue, shows one letter, and redrives it', async () => {
    const { inbox, handled, mend, send } = open()
    for (let n = 0; n < 101; n++) expect(await send({ type: 'paid', n })).toBe(200)
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    await recipes.printDeadLetters(inbox, { reason: 'attempts-used-up' })
    expect(print).toHaveBeenCalledTimes(101)
    const [id] = print.mock.calls[100] as [string]

    mend()
    print.mockClear()
    expect(await recipes.inspect(inbox, id)).toBe(false)
    expect(print.mock.calls.at(-1)).toEqual(['{"type":"paid","n":100}'])
    expect(print.mock.calls[0]?.[2]).toContain('no stock for 100')
    expect((await inbox.stats()).dead).toBe(101)

    expect(await recipes.inspect(inbox, id, { redrive: true })).toBe(true)
    await vi.waitFor(() => expect(handled).toEqual([100]))
    expect((await inbox.stats()).dead).toBe(100)
    expect(await recipes.inspect(inbox, 'unknown', { redrive: true })).toBe(false)
  })

  it('discards what it has saved, and nothing for a filter that says nothing', async () => {
    const { inbox, send } = open()
    for (let n = 0; n < 3; n++) await send({ type: 'paid', n })
    const file = join(folder, 'saved.jsonl')
    await expect(recipes.archive(inbox, {}, file)).rejects.toThrow(TypeError)
    await expect(recipes.archive(inbox, { type: undefined as never }, file)).rejects.toThrow(TypeError)
    expect(await recipes.archive(inbox, { type: 'another' }, file)).toBe(0)
    expect(await recipes.archive(inbox, { type: 'paid' }, file)).toBe(3)
    expect((await inbox.stats()).dead).toBe(0)
    const saved = readFileSync(file, 'utf8').trimEnd().split('\n')
    const bodies = saved.map((line) => Buffer.from(JSON.parse(line).delivery.body, 'base64').toString())
    expect(bodies).toEqual([0, 1, 2].map((n) => JSON.stringify({ type: 'paid', n })))
    expect(await send({ type: 'paid', n: 0 })).toBe(200)
    expect((await inbox.stats()).waiting).toBe(0)
  })

  it('counts and alerts, whatever another observer throws', async () => {
    const counted: Record<string, string>[] = []
    const alerts: string[] = []
    const failing = (): never => {
      throw new Error('The observer failed')
    }
    const counter = { add: (_: number, labels: Record<string, string>) => void counted.push(labels) }
    const alert = async (text: string) => void alerts.push(text)
    const { inbox, send } = open(
      recipes.all(failing, recipes.countInto(counter), recipes.alertWith(alert), recipes.alertWith(failing)),
    )
    const answers = [
      await send({ type: 'paid', n: 1 }),
      await send({ type: 'paid', n: 1 }),
      await send({ type: 'paid', n: 2 }, '00'.repeat(32)),
      await send({ n: 3 }),
    ]
    expect(answers).toEqual([200, 200, 401, 400])
    expect(counted).toEqual([
      { type: 'accepted', provider: 'shop' },
      { type: 'dead', provider: 'shop', reason: 'attempts-used-up' },
      { type: 'duplicate', provider: 'shop' },
      { type: 'rejected', provider: 'shop', code: 'signature-mismatch', authentic: 'false' },
      { type: 'rejected', provider: 'shop', code: 'envelope-invalid', authentic: 'true' },
    ])
    expect(alerts).toEqual([
      expect.stringMatching(/^shop: dead letter \S{22} \(paid\): attempts-used-up$/),
      'shop: authentic, and refused: envelope-invalid',
    ])
    expect(await recipes.findDead(inbox)).toEqual(['shop paid: 1'])
  })
})
