// A process whose handlers write effects in transactions, and that dies in the middle of some.
import { sqliteInbox } from '../../src/index.ts'
import { connect, receiver } from './transactions.ts'

const [path = ''] = process.argv.slice(2)
const connection = connect(path)
const inbox = sqliteInbox(path, { connection, pollMs: 10, leaseMs: 100 })
const webhooks = receiver({ inbox, concurrency: 4 })
const die = () => process.kill(process.pid, 'SIGKILL')

webhooks.on(
  'order.paid',
  async ({ payload }, { transaction }) => {
    const database = await transaction<'sqlite'>()
    database.prepare('INSERT INTO effects VALUES (?)').run(payload.id)
    if (Math.random() < 0.05) die()
  },
  { name: 'books' },
)
webhooks.on(
  'order.paid',
  () => {
    if (Math.random() < 0.05) die()
    if (Math.random() < 0.3) throw new Error('no')
  },
  { name: 'mail' },
)
webhooks.work()
await webhooks.onIdle()
process.stdout.write('idle\n')
await webhooks.close()
