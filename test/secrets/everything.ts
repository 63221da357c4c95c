/** Every sender of the catalogue, with requests that are right and wrong in many ways, and whatever that prints anywhere. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createReceiver,
  explain,
  fromRawHeaders,
  hmac,
  memoryInbox,
  type Provider,
  type ReceiverOptions,
} from '@acuse/core'
import { captureFile } from '@acuse/core/capture-file'
import { webhooks as onHono } from '@acuse/hono'
import { createSender, type SignedRequest } from '@acuse/sender'
import { sqliteInbox } from '@acuse/sqlite'
import { Hono } from 'hono'
import { catalogue } from '../../packages/cli/src/catalogue/catalogue.ts'
import type { CatalogueEntry } from '../../packages/cli/src/catalogue/entry.ts'
import { loggers } from '../mistakes/loggers.ts'
import { createCollectors } from './collectors.ts'
import { type Planted, person, plant } from './planted.ts'
import { wrongRequests } from './wrong-requests.ts'

const { LOGGER = 'none', FOLDER = '.' } = process.env
const logger = loggers[LOGGER]?.()
const collectors = createCollectors()
const inbox = sqliteInbox(join(FOLDER, 'inbox.db'))
const explained: string[] = []
const secrets: Record<string, string> = {}
const statuses: Record<string, number> = {}
const closing: (() => Promise<void>)[] = []
const receivers: ReturnType<typeof createReceiver>[] = []

function optionsOf(endpoint: string) {
  return {
    endpoint,
    path: `/hooks/${endpoint}`,
    observer: collectors.flatMap(({ observer }) => observer ?? []),
    capture: { refused: 100, keep: captureFile(join(FOLDER, `${endpoint}.ndjson`)) },
    ...(logger && { logger }),
  } satisfies ReceiverOptions<object>
}

/** Both ways to acknowledge, each with a handler that fails. */
function mount(name: string, provider: Provider<object>): Hono {
  const app = new Hono()
  const kept = onHono(provider, { ...optionsOf(name), inbox, retry: { attempts: 1 } })
  const now = onHono(provider, { ...optionsOf(`${name}-now`), ack: 'handled' })
  for (const webhooks of [kept, now]) {
    webhooks.onUnknown(() => {
      throw new Error('the table is locked')
    })
    app.use(webhooks)
    closing.push(() => webhooks.close())
    receivers.push(webhooks.receiver)
  }
  return app
}

type Make = Awaited<ReturnType<CatalogueEntry['load']>>

async function signAll(make: Make, { making }: Planted): Promise<SignedRequest[]> {
  const url = 'https://app.example.cl/webhooks/here'
  const sender = createSender({ provider: () => make(making('send')), secret: undefined, url })
  const events = (await sender.events()).slice(0, 1)
  const payload = { planted: { ...person, text: `${person.rut} ${person.email}` } } as never
  const signed = events.map((event) => sender.sign(event as never, payload))
  const late = sender.sign(events[0] as never, payload, { at: new Date('2020-01-01T00:00:00Z') })
  const ill = sender.sign(events[0] as never, illTyped(await sender.sign(events[0] as never)))
  return (await Promise.allSettled([...signed, late, ill])).flatMap((each) =>
    each.status === 'fulfilled' ? [each.value] : [],
  )
}

/** A person's data where the schema wants numbers and lists: what fails a schema is told. */
function illTyped({ body }: SignedRequest): never {
  try {
    const fields = Object.entries(JSON.parse(body.toString()) as object)
    const wrong = fields.filter(([, value]) => typeof value === 'number' || Array.isArray(value))
    return Object.fromEntries(wrong.map(([field]) => [field, person.rut])) as never
  } catch {
    return {} as never
  }
}

async function post(app: Hono, path: string, { url, method, headers, body }: SignedRequest): Promise<void> {
  const { search } = new URL(url)
  const answer = await app.request(`https://app.example.cl${path}${search}`, { method, headers, body })
  statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
}

async function go(name: string, entry: CatalogueEntry): Promise<void> {
  const planted = plant(name, entry)
  Object.assign(secrets, planted.secrets)
  const make = await entry.load()
  const provider = make(planted.making('receive'))
  const app = mount(name, provider)
  // A receiver that verifies by a public key knows no secret, and nobody would send it the private key.
  const secret = planted.shared ?? 'of-nobody-at-all'
  for (const [at, signed] of (await signAll(make, planted)).entries()) {
    const wrong = at > 0 ? [] : wrongRequests(signed, provider.scheme.headers ?? [], secret)
    for (const request of [signed, signed, ...wrong]) {
      await post(app, `/hooks/${name}`, request)
      await post(app, `/hooks/${name}-now`, request)
    }
    await post(app, `/hooks-elsewhere/${encodeURIComponent(secret)}`, signed)
    for (const { url, method, body, headers: sent } of wrong) {
      const headers = fromRawHeaders(Object.entries(sent).flat())
      explained.push(JSON.stringify(await explain({ method, url, headers, body }, provider)))
    }
  }
  if (planted.shared !== undefined) refuseOptions(make, planted, planted.shared)
}

/** What is thrown at a program that is set up wrong, as Node prints it. */
function refuseOptions(make: Make, { making }: Planted, secret: string): void {
  const wrongSecrets = [
    `"${secret}"`,
    ` ${secret}`,
    `${secret}\n`,
    secret.slice(0, 15),
    `-----BEGIN ${secret}`,
  ]
  const wrong: (() => unknown)[] = [
    ...wrongSecrets.map((each) => () => make({ ...making('receive'), secrets: [each] })),
    () => hmac({ header: `${secret} `, secret }),
    () => hmac({ header: 'x', secret, prefix: 1 as never, separator: secret as never }),
    () => hmac({ header: 'x', secret: { current: secret, next: `'${secret}'` } }),
    () => hmac({ header: 'x', secret, hash: secret as never }),
    () => createReceiver(make(making('receive')), { inbox: secret as never }),
    () => createReceiver(make(making('receive')), { inbox: memoryInbox(), logger: secret as never }),
    () => createReceiver(make(making('receive')), { inbox: memoryInbox(), tolerance: secret as never }),
  ]
  for (const call of wrong) {
    try {
      call()
    } catch (error) {
      console.error(error)
    }
  }
}

for (const [name, entry] of Object.entries(catalogue)) await go(name, entry)
await Promise.all(receivers.map((receiver) => receiver.onIdle()))
const outputs = []
for (const { name, showsPayloads, finish } of collectors)
  outputs.push({ name, showsPayloads, text: await finish({ receivers, inbox }) })
outputs.push({ name: 'explain', showsPayloads: true, text: explained.join('\n') })
await Promise.all(closing.map((close) => close()))
writeFileSync(join(FOLDER, 'outputs.json'), JSON.stringify({ outputs, secrets, statuses }))
