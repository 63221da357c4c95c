// A server in a process of its own: `http-server.ts HOST VARIANT WHERE CONCURRENCY`. Tells its parent its figures.
import type { AddressInfo } from 'node:net'
import { bullmqInbox } from '@acuse/bullmq'
import { type Inbox, memoryInbox, type ReceiverOptions } from '@acuse/core'
import { type Otel, otel } from '@acuse/otel'
import type { RedcumbreEvents } from '@acuse/providers/redcumbre'
import { redisClientOptions, redisDedupe } from '@acuse/redis'
import { sqliteInbox } from '@acuse/sqlite'
import { Redis } from 'ioredis'
import { answerParent } from '../stress/child.ts'
import { type ByHandPayload, createEqualDuties, validateWebhookSignature, verifyByHand } from './by-hand.ts'
import { type Built, type HostName, hosts } from './http-hosts.ts'
import { startTracing, traceRequests } from './start-tracing.ts'

/** What the server does with a delivery; `nothing` has no route. */
export type Variant =
  | 'nothing'
  | 'bare'
  | 'by hand'
  | 'equal duties'
  | 'memory'
  | 'memory, HTTP spans'
  | 'memory, HTTP spans, otel'
  | 'memory, otel without an SDK'
  | 'sqlite'
  | 'bullmq'
  | 'handled, redis'

const [hostName, variantName, where = '', concurrency = ''] = process.argv.slice(2)
// The parent takes both from lists of these types.
const host = hosts[hostName as HostName]
const variant = variantName as Variant
let handled = 0
const duties = createEqualDuties()
const built = build()

function build(): Built {
  if (variant === 'nothing') return host.nothing()
  if (variant === 'bare') return host.byHand({ answer: () => true, answerParsed: () => true, parsed: false })
  if (variant === 'by hand') {
    return host.byHand({ answer: verifyByHand, answerParsed: validateWebhookSignature, parsed: true })
  }
  if (variant === 'equal duties') return host.byHand({ answer, answerParsed, parsed: true })
  return host.ours(options())
}

function answer(body: Buffer, signature: string): boolean {
  if (!verifyByHand(body, signature)) return false
  // Only what is verified is looked at.
  duties.accept(JSON.parse(body.toString()) as ByHandPayload)
  return true
}

function answerParsed(payload: unknown, signature: string): boolean {
  if (!validateWebhookSignature(payload, signature)) return false
  // Only what is verified is looked at.
  duties.accept(payload as ByHandPayload)
  return true
}

function options(): ReceiverOptions<RedcumbreEvents> {
  const width = concurrency === '' ? {} : { concurrency: Number(concurrency) }
  const on = { '*': () => void handled++ }
  if (variant === 'handled, redis') {
    return { ack: 'handled', dedupe: redisDedupe(new Redis(where, redisClientOptions())), on, ...width }
  }
  return { inbox: inboxOf(), on, ...width, ...tracing() }
}

function tracing(): Partial<Otel> {
  if (variant.startsWith('memory, HTTP spans')) startTracing()
  return variant.includes('otel') ? otel() : {}
}

function inboxOf(): Inbox {
  if (variant === 'sqlite') return sqliteInbox(where)
  if (variant === 'bullmq') return bullmqInbox({ connection: where, name: `bench-${process.pid}` })
  // A run accepts more than an idle server needs: a full memory would refuse, which is no speed.
  return memoryInbox({ maxIdempotencyKeys: 1_000_000, maxDeliveries: 1_000_000, maxBytes: 2 ** 30 })
}

let markedCpu = process.cpuUsage()
let markedHandled = 0
const handledNow = (): number => handled + duties.handled()

async function figures() {
  const { user, system } = process.cpuUsage(markedCpu)
  const stats = await built.receiver?.inbox?.stats()
  const backlog = stats ? stats.waiting + stats.leased + stats.delayed : 0
  return { cpuUs: user + system, handled: handledNow() - markedHandled, backlog }
}

const answers = {
  /** Counts from now on. */
  mark() {
    markedCpu = process.cpuUsage()
    markedHandled = handledNow()
    return true
  },
  figures,
  /** The same when nothing is left to handle; at the latest after a while, since a store may be slow. */
  async idle() {
    const start = performance.now()
    const late = new Promise<void>((resolve) => setTimeout(resolve, 20_000).unref())
    await Promise.race([built.receiver?.onIdle(), late])
    return { ...(await figures()), tookMs: performance.now() - start }
  },
}

/** The server's report of itself. */
export type ServerAnswers = typeof answers

await built.ready?.()
if (variant.startsWith('memory, HTTP spans')) traceRequests(built.server)
await new Promise<void>((resolve) => built.server.listen(0, '127.0.0.1', resolve))
built.receiver?.work()
answerParent(answers)
// A server by `listen` has an address with a port.
console.log((built.server.address() as AddressInfo).port)
