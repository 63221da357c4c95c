// A worker in a process of its own. Prints `begin`, `end` and each signal, with the delivery's id and the attempt.
// A delivery of type `poison` ends the process that handles it, and one of type `block` holds its thread for BLOCK_MS.
// With HOLD a handler does not come to its end.
import { setTimeout as sleep } from 'node:timers/promises'
import { inboxOf } from 'example-shared'
import { provider, concurrency as usual } from './deliveries.ts'

const {
  INBOX = '',
  LEASE_MS = '',
  HANDLER_MS = '0',
  BLOCK_MS = '0',
  ATTEMPTS = '10',
  CONCURRENCY = String(usual),
  HOLD,
} = process.env
const inbox = inboxOf(INBOX, { leaseMs: Number(LEASE_MS) })
const say = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)

const consumer = inbox.consume(
  async ({ id, type }, { attempt }) => {
    say('begin', id, attempt)
    if (HOLD) await new Promise(() => {})
    if (type === 'poison') process.kill(process.pid, 'SIGKILL')
    if (type === 'block') block(Number(BLOCK_MS))
    if (HANDLER_MS !== '0') await sleep(Number(HANDLER_MS) * (0.5 + Math.random()))
    say('end', id, attempt)
    return { status: 'done', handlers: 1 }
  },
  {
    endpoint: provider,
    handles: () => ({ except: [] }),
    concurrency: Number(CONCURRENCY),
    retry: { attempts: Number(ATTEMPTS), crashes: Number(ATTEMPTS), minDelayMs: 1, maxDelayMs: 5 },
    observer: (observation) => {
      if ('attempt' in observation) say(observation.type, observation.id, observation.attempt)
    },
  },
)
consumer.start()
say('started')

/** Synchronous work, as a large document takes. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

// Polls keep no process alive.
const stay = setInterval(() => {}, 60_000)
process.once('SIGTERM', async () => {
  await inbox.close({ timeoutMs: 2_000 })
  clearInterval(stay)
})
