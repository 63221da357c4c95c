// A process that accepts, handles or both, as its arguments say; it prints a line for each thing that happened.
import { sqliteInbox } from '../../src/index.ts'
import { delivery } from './delivery.ts'

const [path = '', role = '', prefix = '', leaseMs = '600', attempts = '3'] = process.argv.slice(2)
const inbox = sqliteInbox(path, { pollMs: 20, leaseMs: Number(leaseMs) })
const say = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)
const stay = setInterval(() => {}, 60_000)

if (role === 'one') {
  say(await inbox.accept(delivery(prefix), { minRetentionMs: 60_000 }), prefix)
  await inbox.close()
  process.exit()
} else if (role === 'accept') {
  let count = 0
  const acceptOn = async () => {
    for (;;) {
      const name = `${prefix}${count++}`
      try {
        say(await inbox.accept(delivery(name), { minRetentionMs: 60_000 }), name)
      } catch (error) {
        say('refused', name, String(error).replaceAll('\n', ' '))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  }
  for (let caller = 0; caller < 16; caller++) void acceptOn()
} else {
  const consumer = inbox.consume(
    async ({ id }, { attempt, signal }) => {
      signal.addEventListener('abort', () => say('aborted', id))
      say('begin', id, attempt)
      if (role === 'poison') process.kill(process.pid, 'SIGKILL')
      if (role === 'slow') await new Promise((resolve) => setTimeout(resolve, 400))
      say('end', id, attempt)
      return { status: 'done', handlers: 1 }
    },
    {
      endpoint: 'acme',
      handles: () => ({ except: [] }),
      concurrency: 4,
      retry: { attempts: Number(attempts), minDelayMs: 1, maxDelayMs: 5 },
      observer: (observation) => say('signal', observation.type, 'id' in observation ? observation.id : ''),
    },
  )
  consumer.start()
  say('started')
}

process.on('SIGTERM', () => {
  void inbox.close({ timeoutMs: 2_000 }).then(() => clearInterval(stay))
})
