import { type BullmqInboxOptions, bullmqInbox } from '@acuse/bullmq'
import { type ContractCase, inboxContract } from '@acuse/core/testing'
import { startProxy } from '../support/tcp-proxy.ts'
import { reopenable } from './reopenable.ts'

const without = {
  orderingKey: 'BullMQ has no queues with keys',
  retain: 'it forgets what is handled',
}
/** The shortest that it takes. */
const leaseMs = 1_000
let count = 0

/** The suite on a Redis whose URL is known when a case runs. */
export function bullmqCases(url: () => string): readonly ContractCase[] {
  // Only what waits for a lease to run out has a short one: a busy machine may stand still for as long.
  const short = inboxContract(() => subject(url(), { leaseMs }), without)
  const long = inboxContract(() => subject(url()), without)
  return long.map((each, at) => (each.needs.includes('crash') ? short[at] : undefined) ?? each)
}

function subject(url: string, lease: Pick<BullmqInboxOptions, 'leaseMs'> = {}) {
  const name = `contract-${++count}`
  // It is not about deadlines, and other tests make the disk busy.
  const options = { ...lease, timeoutMs: 5_000, onError: () => {} }
  const proxies: (() => Promise<void>)[] = []
  const { now } = Date
  let offsetMs = 0
  return reopenable({
    async open() {
      const proxy = await startProxy(Number(new URL(url).port))
      proxies.push(() => proxy.refuse())
      const connection = { host: '127.0.0.1', port: proxy.port }
      return {
        inbox: bullmqInbox({ ...options, connection, name, retentionMs: 1_000 }),
        async crash() {
          proxy.set('silent')
          return async () => proxy.set('pass')
        },
      }
    },
    bounded: (maxDeliveries) =>
      bullmqInbox({ ...options, connection: url, name: `${name}-bounded`, maxDeliveries }),
    // BullMQ reads the time from nowhere else.
    setClock(byMs) {
      offsetMs += byMs
      Date.now = () => now() + offsetMs
    },
    async remove() {
      Date.now = now
      for (const refuse of proxies) await refuse()
    },
  })
}
