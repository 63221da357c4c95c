// A process whose handlers write effects in transactions, and that dies in the middle of their DIES_AT-th run. Argv: path, DIES_AT.
import { sqliteInbox } from '../../src/index.ts'
import { connect, receiver } from './transactions.ts'

const [path = '', diesAt = ''] = process.argv.slice(2)
const connection = connect(path)
const inbox = sqliteInbox(path, { connection, pollMs: 10, leaseMs: 100 })
const webhooks = receiver({ inbox, concurrency: 4 })
let runs = 0
const run = () => {
  if (++runs === Number(diesAt)) process.kill(process.pid, 'SIGKILL')
}

webhooks.on(
  'order.paid',
  async ({ payload }, { transaction }) => {
    const database = await transaction<'sqlite'>()
    database.prepare('INSERT INTO effects VALUES (?)').run(payload.id)
    run()
  },
  { name: 'books' },
)
webhooks.on(
  'order.paid',
  () => {
    run()
    if (Math.random() < 0.3) throw new Error('no')
  },
  { name: 'mail' },
)
webhooks.work()
await webhooks.onIdle()
process.stdout.write('idle\n')
await webhooks.close()
