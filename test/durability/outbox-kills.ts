import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresOutbox, sqliteOutbox } from '@acuse/sender/outbox'
import Libsql from 'libsql'
import { Client, Pool } from 'pg'
import { createRandom } from '../fuzz/random.ts'
import { type OwnPostgres, startPostgres } from '../support/postgres.ts'
import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { programOf, type Victim } from './victim.ts'

const forms = {
  short: { kills: 5, ofPostgres: 1 },
  long: { kills: 150, ofPostgres: 15 },
}
const processes = 2
const mostUpMs = 400

/** Where the shop keeps its orders and its outbox. */
type StoreKind = 'sqlite' | 'postgres'

/** Processes enqueue beside their orders and deliver, and are killed while they do. */
export function outboxKills(kind: StoreKind): Campaign {
  return {
    name: `outbox-${kind}`,
    what: `two processes enqueue in transactions and deliver from one outbox (${kind}), and are killed with SIGKILL`,
    run: (form, seed) => run(kind, forms[form], seed),
  }
}

async function run(kind: StoreKind, form: (typeof forms)['short'], seed: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-outbox-'))
  const place = kind === 'sqlite' ? inSqlite(join(folder, 'shop.db')) : await inPostgres()
  const handled = new Map<string, number>()
  const seen = { copies: 0, rejected: 0 }
  const receiver = await programOf('outbox/receiver.ts', { INBOX: join(folder, 'inbox.db') }, (line) => {
    const [word, id] = line.split(' ')
    if (word === 'handled' && id) handled.set(id, (handled.get(id) ?? 0) + 1)
    if (word === 'duplicate') seen.copies++
    if (word === 'rejected') seen.rejected++
  })
  const env = { STORE: place.setting, URL: `http://127.0.0.1:${receiver.port}/webhooks/shop` }
  let rolledBack = 0
  const shops = await Promise.all(
    Array.from({ length: processes }, () =>
      programOf('outbox/shop.ts', { ...env, ORDERS: 'yes' }, () => {
        rolledBack++
      }),
    ),
  )
  let isIdle = (): void => {}
  const idle = new Promise<void>((resolve) => {
    isIdle = resolve
  })
  const last = await programOf('outbox/shop.ts', env, (line) => line === 'idle' && isIdle())
  try {
    await receiver.start()
    await place.prepare()
    await Promise.all(shops.map((each) => each.start()))
    await strikeAll(shops, place.postgres, form, seed)
    await Promise.all(shops.map((each) => each.kill()))
    await last.start()
    await idle
    const orders = await place.orders()
    await until(() => orders.every((id) => handled.has(id)))
    const committed = new Set(orders)
    const twice = [...handled.values()].filter((count) => count > 1).length
    const ended = [...shops, receiver, last].flatMap(({ crashes }) => crashes)
    for (const crash of ended) console.error(crash)
    return [
      told('kills of a process', form.kills),
      ...(place.postgres ? [told('kills of Postgres', form.ofPostgres)] : []),
      { figure: 'committed', value: String(orders.length), goal: hard('> 0', orders.length > 0) },
      { figure: 'rolled back', value: String(rolledBack), goal: hard('> 0', rolledBack > 0) },
      none('committed and never delivered', orders.filter((id) => !handled.has(id)).length),
      none('delivered and never committed', [...handled.keys()].filter((id) => !committed.has(id)).length),
      none('handled twice by the receiver', twice),
      none('refused by the receiver as not authentic', seen.rejected),
      none('dead letters', await place.dead()),
      none('processes that ended by themselves', ended.length),
      told('copies that the receiver knew by their key', seen.copies),
    ]
  } finally {
    await Promise.all([...shops, last, receiver].map((each) => each.kill()))
    await place.remove()
    rmSync(folder, { recursive: true })
  }
}

async function strikeAll(
  shops: readonly Victim[],
  postgres: OwnPostgres | undefined,
  { kills, ofPostgres }: (typeof forms)['short'],
  seed: number,
): Promise<void> {
  const random = createRandom(seed)
  const every = Math.floor(kills / ofPostgres)
  for (let n = 1; n <= kills; n++) {
    await sleep(random.below(mostUpMs))
    if (postgres && n % every === 0) {
      await postgres.kill()
      await postgres.restart()
      await sleep(random.below(mostUpMs))
    }
    const victim = random.pick(shops)
    await victim.kill()
    await victim.start()
  }
}

/** The database of the shop. */
interface Place {
  readonly setting: string
  readonly postgres?: OwnPostgres
  prepare(): Promise<void>
  /** The committed ones. */
  orders(): Promise<string[]>
  dead(): Promise<number>
  remove(): Promise<void>
}

const dead = "SELECT id FROM acuse_outbox WHERE state = 'dead'"

function inSqlite(path: string): Place {
  const db = new Libsql(path)
  const ids = (sql: string): string[] => (db.prepare(sql).all() as { id: string }[]).map(({ id }) => id)
  return {
    setting: `sqlite:${path}`,
    async prepare() {
      db.exec('PRAGMA journal_mode = WAL; CREATE TABLE orders (id TEXT PRIMARY KEY)')
      sqliteOutbox(db)
    },
    orders: async () => ids('SELECT id FROM orders'),
    dead: async () => ids(dead).length,
    remove: async () => void db.close(),
  }
}

async function inPostgres(): Promise<Place> {
  const postgres = await startPostgres()
  const ids = async (sql: string): Promise<string[]> => {
    const client = new Client({ connectionString: postgres.url })
    await client.connect()
    try {
      return (await client.query<{ id: string }>(sql)).rows.map(({ id }) => id)
    } finally {
      await client.end()
    }
  }
  return {
    setting: postgres.url,
    postgres,
    async prepare() {
      const pool = new Pool({ connectionString: postgres.url })
      await pool.query('CREATE TABLE orders (id text PRIMARY KEY)')
      await postgresOutbox(pool).migrate()
      await pool.end()
    },
    orders: () => ids('SELECT id FROM orders'),
    dead: async () => (await ids(dead)).length,
    remove: () => postgres.stop(),
  }
}

const longestMs = 60_000

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + longestMs; !isTrue() && Date.now() < end; ) await sleep(50)
}
