import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { secret } from '../adapters/hosts.ts'
import { createHonestSender } from '../stress/honest.ts'
import { hard, megabytes, milliseconds, type Row, soft } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { median } from './pairs.ts'
import { partyOf } from './victim.ts'

const forms = {
  short: { perSecond: 100, warmUpMs: 2_000, durationMs: 5_000 },
  long: { perSecond: 500, warmUpMs: 60_000, durationMs: 600_000 },
}
const sampleMs = 500
const windows = 5
/** The memory that a process may use for each idempotency key, in bytes: the volatile inbox remembers them in memory. */
const rememberedBytes = { sqlite: 0, memory: 170 } as const
const goals = { growthBytes: 40e6, walBytes: 64e6, descriptors: 8 }

/** The memory of a process at one moment. */
interface Sample {
  readonly rss: number
  readonly descriptors: number
  readonly wal: number
}

/** The same load for a long time: what grows. */
export function soak(kind: 'sqlite' | 'memory'): Campaign {
  return {
    name: `soak-${kind}`,
    what: `a receiver and its handler on ${kind} under ${forms.long.perSecond} deliveries a second (short form: ${forms.short.perSecond})`,
    run: (form) => run(kind, forms[form]),
  }
}

async function run(
  kind: 'sqlite' | 'memory',
  { perSecond, warmUpMs, durationMs }: (typeof forms)['short'],
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-soak-'))
  const file = join(folder, 'webhooks.db')
  const handled = join(folder, 'handled')
  const INBOX = kind === 'sqlite' ? `sqlite:${file}` : 'memory'
  const victim = await partyOf({ SECRET: secret, INBOX, ON: '*', HANDLED_LOG: handled })
  const over = new AbortController()
  try {
    await victim.start()
    const honest = createHonestSender(victim.port)
    const warm = await honest.send({ perSecond, durationMs: warmUpMs })
    const samples: Sample[] = []
    const watched = watch(victim.pid, file, samples, over.signal)
    const sent = await honest.send({ perSecond, durationMs })
    over.abort()
    await watched
    honest.close()
    await victim.kill('SIGTERM')
    const runs = readFileSync(handled, 'latin1').match(/^\{/gm)?.length ?? 0
    const late = sent.sent - sent.answered200
    const answered = warm.answered200 + sent.answered200
    return [
      told('sent', sent.sent),
      {
        figure: 'answers other than 200, or late',
        value: String(late),
        goal: soft('0', late === 0),
      },
      told('answered within, p99', milliseconds(sent.p99)),
      // An answer that came too late for its sender was acknowledged and handled all the same.
      none('acknowledged and not handled', Math.max(0, answered - runs)),
      ...growthRows(samples, rememberedBytes[kind] * sent.sent),
      none('processes that ended by themselves', victim.crashes.length),
    ]
  } finally {
    over.abort()
    await victim.kill()
    rmSync(folder, { recursive: true })
  }
}

/** The last of five parts against the second: the first is still warming up. */
function growthRows(samples: readonly Sample[], allowed: number): Row[] {
  const part = Math.floor(samples.length / windows)
  const at = (window: number, of: keyof Sample): number =>
    median(samples.slice(window * part, (window + 1) * part).map((sample) => sample[of]))
  const growth = at(windows - 1, 'rss') - at(1, 'rss')
  const limit = goals.growthBytes + allowed
  const wal = Math.max(...samples.map((sample) => sample.wal))
  const descriptors = at(windows - 1, 'descriptors') - at(1, 'descriptors')
  return [
    told('RSS, of each fifth', [0, 1, 2, 3, 4].map((window) => megabytes(at(window, 'rss'))).join(', ')),
    {
      figure: 'RSS, growth',
      value: megabytes(growth),
      goal: hard(`<= ${megabytes(limit)}`, growth <= limit),
    },
    {
      figure: 'WAL, largest',
      value: megabytes(wal),
      goal: hard(`<= ${megabytes(goals.walBytes)}`, wal <= goals.walBytes),
    },
    {
      figure: 'descriptors, growth',
      value: String(descriptors),
      goal: hard(`<= ${goals.descriptors}`, descriptors <= goals.descriptors),
    },
  ]
}

async function watch(pid: number, file: string, samples: Sample[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    samples.push({
      rss: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      wal: statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    })
    await sleep(sampleMs)
  }
}
