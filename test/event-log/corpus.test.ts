import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { createReceiver, fromRawHeaders } from '@acuse/core'
import { github } from '@acuse/providers/github'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { linesOf, type Stores, startStores } from './stores.ts'

const secret = 'a secret of at least sixteen bytes'
const corpus: readonly { readonly name: string; readonly examples: readonly object[] }[] = createRequire(
  import.meta.url,
)('@octokit/webhooks-examples')
const requests = corpus.flatMap(({ name, examples }) =>
  examples.map((example) => ({ name, body: Buffer.from(JSON.stringify(example, null, 2)) })),
)

let stores: Stores

beforeAll(async () => {
  stores = await startStores()
})
afterEach(() => stores.close())
afterAll(() => stores.stop())

it.each(['sqlite', 'postgres'] as const)(
  'exports and imports the whole corpus of GitHub, received and handled, byte for byte: %s',
  async (kind) => {
    const inbox = await stores[kind]().open()
    const receiver = createReceiver(github(secret), { inbox })
    receiver.on('*', () => {})
    for (const [at, { name, body }] of requests.entries()) {
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
      const named = {
        'content-type': 'application/json',
        'x-github-event': name,
        'x-github-delivery': `d${at}`,
      }
      const headers = fromRawHeaders(Object.entries({ ...named, 'x-hub-signature-256': signature }).flat())
      const answer = await receiver.receive({ method: 'POST', url: '/webhooks/github', headers, body })
      expect(answer.status).toBe(200)
    }
    await receiver.onIdle()
    const lines = await linesOf(inbox)
    const bodies = lines.map((line) => Buffer.from(JSON.parse(line).bodyBase64, 'base64').toString())
    // GitHub signs no id: the same body twice is one event.
    const sent = [...new Set(requests.map(({ body }) => body.toString()))]
    expect(bodies.sort()).toEqual(sent.sort())
    const other = await stores[kind]().open()
    expect(await other.import(lines)).toEqual({ imported: sent.length, known: 0 })
    expect(await linesOf(other)).toEqual(lines)
    await receiver.close()
  },
)
