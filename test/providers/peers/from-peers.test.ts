import { createReceiver, fromRawHeaders, memoryInbox, type Outcome, type Receiver } from '@acuse/core'
import { afterAll, describe, expect, it } from 'vitest'
import { randomOf } from './payloads.ts'
import { type Arrived, isTaken, type Peer, peers, requests, spoiled } from './peers.ts'

/** Their package takes long to refuse some. */
const controls = 100
const seed = 20_261_127

interface Bench {
  readonly handled: unknown[]
  readonly receiver: Receiver<Record<string, unknown>>
  post(arrived: Arrived): Promise<Outcome>
}

const close: (() => Promise<void>)[] = []
afterAll(() => Promise.all(close.map((each) => each())))

function benchOf({ provider }: Peer): Bench {
  const handled: unknown[] = []
  const receiver = createReceiver(provider, {
    inbox: memoryInbox(),
    on: { '*': ({ payload }) => void handled.push(payload) },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  close.push(() => receiver.close())
  return {
    handled,
    receiver,
    post: async ({ url, headers, body }) =>
      receiver.receive({
        method: 'POST',
        url,
        headers: fromRawHeaders(Object.entries(headers).flat()),
        body,
      }),
  }
}

async function signedBy(peer: Peer, index: number): Promise<Arrived> {
  const draft = peer.draft(randomOf(seed, index))
  const headers = { 'content-type': 'application/json', ...(await peer.sign(draft)) }
  return { ...draft, headers }
}

describe.each(peers)('requests that the package $name signs', (peer) => {
  it(`are accepted, ${requests} of them, and each is handled once`, async () => {
    const { post, receiver, handled } = benchOf(peer)
    for (let index = 0; index < requests; index++) {
      const arrived = await signedBy(peer, index)
      const { kind } = await post(arrived)
      expect([index, kind, kind === 'accepted' ? '' : arrived.body.toString()]).toEqual([
        index,
        'accepted',
        '',
      ])
    }
    await receiver.onIdle()
    expect(handled).toHaveLength(requests)
  })

  it('are refused with one byte changed, by the package too', async () => {
    const { post, handled } = benchOf(peer)
    for (let index = 0; index < controls; index++) {
      const arrived = await signedBy(peer, index)
      const changed = { ...arrived, body: spoiled(peer, arrived.body, randomOf(seed + 1, index)) }
      expect([index, (await post(changed)).status, await isTaken(peer, changed)]).toEqual([index, 401, false])
    }
    expect(handled).toEqual([])
  })
})
