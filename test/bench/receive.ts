import { createHash } from 'node:crypto'
import { createReceiver, fromRawHeaders, memoryInbox, type Receiver, type WebhookRequest } from '@acuse/core'
import { type RedcumbreEvents, redcumbre, redcumbreEvents } from '@acuse/providers/redcumbre'
import { type ByHandPayload, createEqualDuties, verifyByHand } from './by-hand.ts'
import { type Candidate, kept } from './measure.ts'
import type { Section } from './sections.ts'
import { path, type Signed, secret, signedDeliveries, toRequest } from './signed.ts'

/** Below the bound of a memory inbox, 10 000. */
const maxCalls = 8_000
const minCalls = 1_000
const sizes = { '436 B': 436, '1 KB': 1_024, '16 KB': 16_384 }

/** From bytes in hand to the outcome, and from there to the handler, without HTTP. */
export const receiveSection: Section = {
  name: 'receive',
  async run({ group, form, effort }) {
    for (const [size, bytes] of Object.entries(sizes)) {
      if (form === 'quick' && size !== '436 B') continue
      // Signed here, because what is older than 5 minutes is refused.
      await group(`receive/${size}`, receiveCandidates(signedDeliveries(maxCalls, bytes)), effort)
    }
    const pool = signedDeliveries(maxCalls)
    await group('receive/steps by hand', stepCandidates(pool), effort)
    await group('handle/436 B', handleCandidates(pool), effort)
    await group('refuse/436 B', refusedCandidates(pool), effort)
  },
}

function receiveCandidates(pool: readonly Signed[]): Candidate[] {
  const requests = pool.map(toRequest)
  return [
    overPool('floor', pool, verifyOne),
    overPoolAnew('by hand', pool, receiveByHand),
    ours('ours', requests, 'accepted'),
    // The second time: verified, read, and found among what is remembered.
    ours('ours, duplicate', requests, 'duplicate', async (receiver, calls) => {
      for (let at = 0; at < calls; at++) await receiver.receive(itemAt(requests, at))
      await receiver.onIdle()
    }),
  ]
}

/** Where the time goes of the least program with the same duties. */
function stepCandidates(pool: readonly Signed[]): Candidate[] {
  const parse = (one: Signed): ByHandPayload => JSON.parse(one.body.toString()) as ByHandPayload
  const hash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('base64url')
  return [
    overPool('verify', pool, verifyOne),
    overPool('verify, parse', pool, (one) => {
      if (verifyOne(one)) parse(one)
    }),
    overPool('verify, parse, hash of body and key', pool, (one) => {
      if (!verifyOne(one)) return
      hash(one.body)
      const { event, bheId } = parse(one)
      hash(`${event}\n${bheId}`)
    }),
  ]
}

function handleCandidates(pool: readonly Signed[]): Candidate[] {
  const requests = pool.map(toRequest)
  const payloads = pool.map(({ body }) => JSON.parse(body.toString()) as object)
  const schema = redcumbreEvents['bhe.emitida']['~standard']
  return [
    {
      name: 'schema and handler',
      maxCalls,
      prepare: (calls) => () => {
        for (let at = 0; at < calls; at++) kept.result = schema.validate(payloads[at])
      },
    },
    handling('ours', requests),
  ]
}

/** From the outcome of the last delivery until all are handled. */
function handling(name: string, requests: readonly WebhookRequest[]): Candidate {
  let receiver: Receiver<RedcumbreEvents>
  let handled = 0
  let expected = 0
  return {
    name,
    minCalls,
    maxCalls,
    prepare(calls) {
      handled = 0
      expected = calls
      receiver = freshReceiver(() => handled++)
      // No await in between: nothing is handled before the clock runs, but what a full set of handlers takes at once.
      for (let at = 0; at < calls; at++) void receiver.receive(itemAt(requests, at))
      return () => receiver.onIdle()
    },
    async after() {
      await receiver.close()
      if (handled !== expected) throw new Error(`${handled} of ${expected} were handled`)
    },
  }
}

/** What an attacker's request costs, beside verifying it by hand. */
function refusedCandidates(pool: readonly Signed[]): Candidate[] {
  const forged = pool.map((one, at) => ({
    ...one,
    signature: itemAt(pool, (at + 1) % pool.length).signature,
  }))
  const oversized = {
    method: 'POST',
    url: path,
    headers: fromRawHeaders(['content-length', '9000000', 'x-webhook-signature', 'ab'.repeat(32)]),
    read: (): never => {
      throw new Error('Nobody reads what is too large')
    },
  }
  return [
    overPool('floor, forged', forged, verifyOne),
    ours('ours, forged', forged.map(toRequest), 'rejected'),
    ours('ours, oversized', forged.map(toRequest), 'rejected', undefined, (receiver) =>
      receiver.handle(oversized),
    ),
  ]
}

type Send = (receiver: Receiver<RedcumbreEvents>, request: WebhookRequest) => unknown

/** Ours on a receiver of its own each round, so that each round remembers as little. */
function ours(
  name: string,
  requests: readonly WebhookRequest[],
  expected: 'accepted' | 'duplicate' | 'rejected',
  ready: (receiver: Receiver<RedcumbreEvents>, calls: number) => Promise<void> = async () => {},
  send: Send = (receiver, request) => receiver.receive(request),
): Candidate {
  let receiver: Receiver<RedcumbreEvents>
  let last: unknown
  return {
    name,
    minCalls,
    maxCalls,
    async prepare(calls) {
      receiver = freshReceiver(() => {})
      // The first request starts the worker.
      await receiver.receive(firstRequest())
      await receiver.onIdle()
      await ready(receiver, calls)
      return async () => {
        for (let at = 0; at < calls; at++) {
          const outcome = send(receiver, itemAt(requests, at))
          last = outcome instanceof Promise ? await outcome : outcome
        }
      }
    },
    async after() {
      await receiver.onIdle()
      await receiver.close()
      const kind = typeof last === 'object' && last !== null && 'kind' in last ? last.kind : last
      if (kind !== expected) throw new Error(`${name}: '${String(kind)}' instead of '${expected}'`)
    },
  }
}

const firstRequest = (): WebhookRequest => toRequest(itemAt(signedDeliveries(1, undefined, 'first'), 0))

function freshReceiver(handler: () => void): Receiver<RedcumbreEvents> {
  const receiver = createReceiver(redcumbre(secret), { inbox: memoryInbox(), logger: silent })
  receiver.on('*', handler)
  return receiver
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A call for each of the first deliveries. */
function overPool(name: string, pool: readonly Signed[], use: (one: Signed) => unknown): Candidate {
  return overPoolAnew(name, pool, () => use)
}

/** The same with a call that is made for each round. */
function overPoolAnew(
  name: string,
  pool: readonly Signed[],
  make: () => (one: Signed) => unknown,
): Candidate {
  return {
    name,
    maxCalls,
    prepare(calls) {
      const use = make()
      return () => {
        for (let at = 0; at < calls; at++) kept.result = use(itemAt(pool, at))
      }
    },
  }
}

const verifyOne = ({ body, signature }: Signed): boolean => verifyByHand(body, signature)

/** With an own memory a round, as ours has. */
function receiveByHand(): (one: Signed) => void {
  const duties = createEqualDuties((handle, payload) => handle(payload))
  return ({ body, signature }) => {
    if (!verifyByHand(body, signature)) throw new Error('refused')
    duties.accept(JSON.parse(body.toString()) as ByHandPayload)
  }
}

function itemAt<Item>(items: readonly Item[], at: number): Item {
  const item = items[at]
  if (item === undefined) throw new RangeError(`There is no item ${at}`)
  return item
}
