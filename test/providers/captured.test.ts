import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createReceiver,
  fromRawHeaders,
  type Inbox,
  memoryInbox,
  type Observation,
  systemClock,
} from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { copyOf, delivery, samplesOf } from '../fuzz/providers/genuine.ts'
import { tellingHeaders } from '../fuzz/providers/request-mutations.ts'
import { type ProviderDraft, setHeader } from '../fuzz/providers/seen.ts'
import type { Sender } from '../fuzz/providers/sender.ts'
import { createSenders } from '../fuzz/providers/senders.ts'
import { createRandom, type Random } from '../fuzz/random.ts'
import { fewOrAll } from '../support/full.ts'

const count = fewOrAll(200, 1_000)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const senders = createSenders(createRandom(seed)).map((sender) => ({ name: sender.name, sender }))
const folder = mkdtempSync(join(tmpdir(), 'acuse-captured-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inboxes: { readonly [name: string]: (file: string) => Inbox } = {
  memoryInbox: () => memoryInbox(),
  sqliteInbox: (file) => sqliteInbox(join(folder, `${file}.db`)),
}
/** One of each kind of proof: what is one event does not depend on the store. */
const onDisk = ['discord', 'github', 'mercado-pago', 'paypal', 'shopify', 'stripe', 'twilio']

/** The headers that nobody signed, the sender's own and others', but for those that tell events apart where nothing is signed. */
function inventable({ provider, proof, tells = [] }: Sender, { headers }: ProviderDraft): readonly string[] {
  const own = [...(provider.expose ?? []), ...headers.map(([name]) => name)]
  const fixed = ['host', 'content-type', 'transfer-encoding', ...proof.security, ...tells]
  const all = [...own, ...tellingHeaders].map((name) => name.toLowerCase())
  return [...new Set(all)].filter((name) => !fixed.includes(name))
}

/** The captured request, with one to three headers invented. */
function invented(captured: ProviderDraft, names: readonly string[], random: Random): ProviderDraft {
  const draft = copyOf(captured)
  for (let left = 1 + random.below(3); left > 0; left--)
    setHeader(draft, random.pick(names), random.bytes(8).toString('hex'))
  return draft
}

function receiverOf({ provider }: Sender, inbox: Inbox, now: number, observer: (seen: Observation) => void) {
  const silent = () => {}
  const runs: string[] = []
  const run = ({ id }: { readonly id: string }) => runs.push(id)
  const receiver = createReceiver(provider, {
    inbox,
    observer,
    clock: { ...systemClock, now: () => now },
    // Up to a thousand come at once, and none is to be told to come again.
    ackTimeoutMs: 30_000,
    acceptTimeoutMs: 30_000,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    on: { '*': run },
    // Where any name is an event, '*' is all of them.
    ...(provider.events && { onUnknown: run }),
  })
  return { receiver, runs }
}

describe.each(Object.keys(inboxes))(
  `one captured request under ${count} invented headers (%s)`,
  (inboxName) => {
    const meant = senders.filter(({ name }) => inboxName === 'memoryInbox' || onDisk.includes(name))
    it.each(meant)(`is one event and one run, seed ${seed}: $name`, async ({ name, sender }) => {
      const random = createRandom(seed)
      const now = Date.now()
      const { request } = delivery(sender, await samplesOf(sender), new Date(now), random, 1)
      const inbox = inboxes[inboxName]?.(name) as Inbox
      const accepted: string[] = []
      const { receiver, runs } = receiverOf(sender, inbox, now, (seen) => {
        if (seen.type === 'accepted') accepted.push(seen.id)
      })
      const names = inventable(sender, request)
      const drafts = [...Array.from({ length: count }, () => invented(request, names, random)), request]
      const send = async ({ headers, ...draft }: ProviderDraft) =>
        receiver.receive({ ...draft, headers: fromRawHeaders(headers.flat()) })
      try {
        // One after another until one is taken: while it is, copies are told to come again. Then many at once.
        while (accepted.length === 0 && drafts.length > 0) await send(drafts.shift() as ProviderDraft)
        const statuses = new Set((await Promise.all(drafts.map(send))).map(({ status }) => status))
        receiver.work()
        await receiver.onIdle()
        expect(accepted).toHaveLength(1)
        expect(runs).toEqual(accepted)
        expect([...statuses].filter((status) => status >= 500)).toEqual([])
      } finally {
        await receiver.close()
        await inbox.close()
      }
    })
  },
)
