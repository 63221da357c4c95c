import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'

/** A provider of three events, with an API that lists them, two to a page. */
export interface FakeProvider {
  /** The address of the list. */
  readonly events: string
  /** Sends the webhooks of all events but the second: its receiver was away for too long. */
  sendAllButOne(): Promise<void>
  close(): void
}

/** A page, as the API answers it. */
export interface EventPage {
  readonly events: readonly unknown[]
  readonly next?: string
}

const pageSize = 2

export async function startFakeProvider(secret: string, webhook: string): Promise<FakeProvider> {
  const sender = createSender({ provider: redcumbre, secret, url: webhook })
  const requests = await Promise.all(
    ['bhe-1', 'bhe-2', 'bhe-3'].map((bheId) => sender.sign('bhe.emitida', { bheId })),
  )
  const events: readonly { readonly timestamp: string }[] = requests.map(({ body }) => JSON.parse(`${body}`))
  const server = createServer(({ url = '/' }, response) => {
    const { searchParams } = new URL(url, 'http://127.0.0.1')
    const since = Date.parse(searchParams.get('since') ?? '')
    const from = Number(searchParams.get('cursor') ?? 0)
    const found = events.filter(({ timestamp }) => Date.parse(timestamp) >= since)
    const to = from + pageSize
    const page: EventPage = {
      events: found.slice(from, to),
      ...(to < found.length && { next: String(to) }),
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(page))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    events: `http://127.0.0.1:${port}/events`,
    async sendAllButOne() {
      for (const request of requests.filter((_, at) => at !== 1)) {
        const { status } = await fetch(request.url, request)
        console.log(`webhook answered with ${status}`)
      }
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
