import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { startPostgres } from '../support/postgres.ts'
import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { loggedInboxOf } from './logged-inbox.ts'
import { programOf } from './victim.ts'

const forms = {
  short: { deliveries: 3_000, kills: 3 },
  long: { deliveries: 100_000, kills: 5 },
}
/** Beside each that is replayed, one that is not. */
const types = ['thing.made', 'thing.left'] as const
const longestMs = 1_800_000

/** What handled deliveries left is replayed by a process that is killed in the middle, and started again. */
export function eventLogKills(kind: 'sqlite' | 'postgres'): Campaign {
  return {
    name: `event-log-${kind}`,
    what: `deliveries are replayed from the event log (${kind}) by a process that is killed with SIGKILL`,
    run: (form, seed) => run(kind, forms[form], seed),
  }
}

async function run(
  kind: 'sqlite' | 'postgres',
  { deliveries, kills }: (typeof forms)['short'],
  seed: number,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-event-log-'))
  const postgres = kind === 'postgres' ? await startPostgres() : undefined
  const store = postgres?.url ?? `sqlite:${join(folder, 'inbox.db')}`
  const path = join(folder, 'handled')
  let at = 0
  let result: string | undefined
  const env = { STORE: store, TYPE: types[0], HANDLED_LOG: path }
  const replayer = await programOf('replayer.ts', env, (line) => {
    const [word, count, complete] = line.split(' ')
    if (word === 'at') at = Number(count)
    if (word === 'over') result = `${count} ${complete}`
  })
  try {
    await fill(store, deliveries)
    const points = strikes(deliveries, kills, seed)
    for (const point of points) {
      await replayer.start()
      await until(() => at >= point || replayer.crashes.length > 0)
      await replayer.kill()
    }
    await replayer.start()
    await until(() => result !== undefined || replayer.crashes.length > 0)
    for (const crash of replayer.crashes) console.error(crash)
    const { runs, others, unmarked } = handledIn(path)
    return [
      told('kills in the middle', points.length),
      {
        figure: 'replayed',
        value: String(result),
        goal: hard(`${deliveries} true`, result === `${deliveries} true`),
      },
      none('not handed out', deliveries - runs.size),
      none('handed out that the filter leaves out', others),
      none('handed out as no replay', unmarked),
      none('processes that ended by themselves', replayer.crashes.length),
      told(
        'handed out twice: the kill came before their end',
        [...runs.values()].filter((n) => n > 1).length,
      ),
    ]
  } finally {
    await replayer.kill()
    await postgres?.stop()
    rmSync(folder, { recursive: true })
  }
}

/** After how many of them the process is killed. */
function strikes(deliveries: number, kills: number, seed: number): number[] {
  const random = createRandom(seed)
  const part = Math.floor(deliveries / (kills + 1))
  return Array.from({ length: kills }, (_, n) => n * part + 1 + random.below(part))
}

/** As an import of another inbox's log, which is the fast way. */
async function fill(store: string, deliveries: number): Promise<void> {
  const { inbox, migrate, close } = loggedInboxOf(store)
  await migrate()
  await inbox.import(lines(deliveries))
  await close()
}

function* lines(deliveries: number): Generator<string> {
  for (let n = 0; n < deliveries * types.length; n++) {
    const id = `d${n}`
    yield `${JSON.stringify({
      id,
      endpoint: 'acme',
      provider: 'acme',
      type: types[n % types.length],
      bodyHash: `hash of ${id}`,
      keyId: 'default',
      orderingKey: null,
      occurredAt: null,
      // Many of one time, as a burst has.
      receivedAt: new Date(1_769_860_800_000 + Math.floor(n / 50)).toISOString(),
      trust: 'signed',
      headers: {},
      bodyBase64: Buffer.from(id).toString('base64'),
    })}\n`
  }
}

function handledIn(path: string) {
  const runs = new Map<string, number>()
  let others = 0
  let unmarked = 0
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [id, type, isReplay] = line.split(' ')
    // A line that a kill tore; its delivery is handed out again.
    if (!id || isReplay === undefined) continue
    if (type !== types[0]) others++
    if (isReplay !== 'true') unmarked++
    runs.set(id, (runs.get(id) ?? 0) + 1)
  }
  return { runs, others, unmarked }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = performance.now() + longestMs; !isSo() && performance.now() < deadline; )
    await sleep(5)
}
