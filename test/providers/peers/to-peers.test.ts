import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createSender, type Sender } from '@acuse/sender'
import { afterAll, describe, expect, it } from 'vitest'
import { randomOf } from './payloads.ts'
import { isTaken, type Peer, peers, requests, spoiled } from './peers.ts'

/** Their package takes long to refuse some. */
const controls = 100
const atOnce = 20
const seed = 20_261_128

const close: (() => void)[] = []
afterAll(() => {
  for (const each of close) each()
})

/** A server that answers as the package judges, and our sender to it. */
async function senderTo(peer: Peer): Promise<Sender<Record<string, object>>> {
  const server = createServer(async (request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const arrived = { url: String(request.url), headers, body: await buffer(request) }
    response.writeHead((await isTaken(peer, arrived)) ? 200 : 401).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${peer.path}`
  return createSender({ provider: () => peer.sender, secret: undefined, url }) as unknown as Sender<
    Record<string, object>
  >
}

/** How many sends are answered with each status; some are sent at once. */
async function statusesOf(count: number, send: (index: number) => Promise<{ status: number | undefined }>) {
  const statuses: Record<string, number> = {}
  for (let start = 0; start < count; start += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - start) }, (_, index) => send(start + index))
    for (const { status } of await Promise.all(batch))
      statuses[String(status)] = (statuses[String(status)] ?? 0) + 1
  }
  return statuses
}

describe.each(peers)('what our sender signs, as the package $name judges', (peer) => {
  it(`is taken, ${requests} times`, async () => {
    const sender = await senderTo(peer)
    const statuses = await statusesOf(requests, (index) =>
      sender.send(peer.event, peer.overrides(randomOf(seed, index)), { attempts: 1 }),
    )
    expect(statuses).toEqual({ 200: requests })
  })

  it('is refused with one byte changed', async () => {
    const sender = await senderTo(peer)
    const statuses = await statusesOf(controls, (index) => {
      const random = randomOf(seed + 1, index)
      const tamper = (body: Uint8Array): Buffer => spoiled(peer, Buffer.from(body), random)
      return sender.send(peer.event, peer.overrides(randomOf(seed, index)), { tamper, attempts: 1 })
    })
    expect(statuses).toEqual({ 401: controls })
  })
})
