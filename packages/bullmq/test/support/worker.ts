// A worker process: WORKER says what its handler does. Prints `start <attempt>` and what its observer hears.
import { bullmqInbox } from '../../src/index.ts'
import { consuming } from './deliveries.ts'

const { REDIS_URL, NAME, WORKER, LEASE_MS } = process.env
const inbox = bullmqInbox({
  connection: REDIS_URL as string,
  name: NAME as string,
  role: 'work',
  leaseMs: Number(LEASE_MS),
  onError: ({ message }) => process.stdout.write(`error ${message}\n`),
})
const observer = ({ type }: { type: string }) => void process.stdout.write(`${type}\n`)
const consumer = inbox.consume(
  async (_, { attempt, signal }) => {
    process.stdout.write(`start ${attempt}\n`)
    signal.addEventListener('abort', () => process.stdout.write('aborted\n'))
    if (WORKER === 'poison') process.exit(1)
    // In small steps, so that it goes on for a while after it was stopped.
    for (let step = 0; WORKER === 'slow' && step < 20; step++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    process.stdout.write(`end ${attempt}\n`)
    return { status: 'done', handlers: 1 }
  },
  consuming({ observer, concurrency: 1 }),
)
consumer.start()
process.once('SIGTERM', () => {
  inbox.close({ timeoutMs: 1_000 }).catch(() => {
    process.exitCode = 2
  })
})
process.stdout.write('ready\n')
