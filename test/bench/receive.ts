import { createHash } from 'node:crypto'
import { createReceiver, fromRawHeaders, memoryInbox, type Receiver, type WebhookRequest } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { redcumbreEvents } from '@acuse/providers/redcumbre/schemas'
import { type ByHandPayload, createEqualDuties, verifyByHand } from './by-hand.ts'
import { type Candidate, kept } from './measure.ts'
import type { Section } from './sections.ts'
import { path, type Signed, secret, signedDeliveries, toRequest } from './signed.ts'

const maxCalls = 8_000
/** What one turn of the event loop may bring on a busy server: a longer queue is a matter of memory, and not of receiving. */
const calls = { minCalls: 256, maxCalls: 512 }
const sizes = { '436 B': 436, '16 KB': 16_384 }

/** From bytes in hand to the outcome, and from there to the handler, without HTTP. */
export const receiveSection: Section = {
  name: 'receive',
  async run({ group, form, effort: usual }) {
    // Much code, that is compiled late.
    const effort = { ...usual, warmUpMs: usual.warmUpMs * 5 }
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
  const anew = newDeliveries(pool)
  return [
    overPool('floor', pool, verifyOne),
    overPoolAnew('by hand', pool, receiveByHand),
    ours('ours', anew, 'accepted'),
    // The second time: verified, read, and found among what is remembered.
    ours('ours, duplicate', anew, 'duplicate', async (receiver, requests) => {
      for (const request of requests) await receiver.receive(request)
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
    handling('ours', newDeliveries(pool)),
  ]
}

/** From the outcome of the last delivery until all are handled. */
function handling(name: string, requestsFor: (calls: number) => readonly WebhookRequest[]): Candidate {
  let handled = 0
  let expected = 0
  const receiver = startReceiver(() => handled++)
  return {
    name,
    ...calls,
    prepare(calls) {
      const requests = requestsFor(calls)
      handled = 0
      expected = calls
      // No await in between: nothing is handled before the clock runs, but what a full set of handlers takes at once.
      for (const request of requests) void receiver.receive(request)
      return () => receiver.onIdle()
    },
    async after() {
      await receiver.onIdle()
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
  const forgedRequests = forged.slice(0, calls.maxCalls).map(toRequest)
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
    ours('ours, forged', () => forgedRequests, 'rejected'),
    ours(
      'ours, oversized',
      () => forgedRequests,
      'rejected',
      undefined,
      (receiver) => receiver.handle(oversized),
    ),
  ]
}

type Send = (receiver: Receiver<RedcumbreEvents>, request: WebhookRequest) => unknown

/** Deliveries that were not sent before, signed when they are asked for: what is older than 5 minutes is refused. */
function newDeliveries(like: readonly Signed[]): (calls: number) => readonly WebhookRequest[] {
  const bytes = itemAt(like, 0).body.byteLength
  return (count) => signedDeliveries(count, bytes, `r${++round}`).map(toRequest)
}
let round = 0

/** Ours on one receiver for all rounds, as a server has it: the code of a new one is compiled anew. */
function ours(
  name: string,
  requestsFor: (calls: number) => readonly WebhookRequest[],
  expected: 'accepted' | 'duplicate' | 'rejected',
  ready: (
    receiver: Receiver<RedcumbreEvents>,
    requests: readonly WebhookRequest[],
  ) => Promise<void> = async () => {},
  send: Send = (receiver, request) => receiver.receive(request),
): Candidate {
  const receiver = startReceiver(() => {})
  let last: unknown
  return {
    name,
    ...calls,
    async prepare(calls) {
      const requests = requestsFor(calls)
      await ready(receiver, requests)
      return async () => {
        for (const request of requests) {
          const outcome = send(receiver, request)
          last = outcome instanceof Promise ? await outcome : outcome
        }
      }
    },
    async after() {
      await receiver.onIdle()
      const kind = typeof last === 'object' && last !== null && 'kind' in last ? last.kind : last
      if (kind !== expected) throw new Error(`${name}: '${String(kind)}' instead of '${expected}'`)
    },
  }
}

function startReceiver(handler: () => void): Receiver<RedcumbreEvents> {
  const inbox = memoryInbox({ maxIdempotencyKeys: 1_000_000 })
  const receiver = createReceiver(redcumbre(secret), { inbox })
  receiver.on('*', handler)
  receiver.work()
  return receiver
}

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
