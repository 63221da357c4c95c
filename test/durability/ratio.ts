import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { secret } from '../processes/fleet.ts'
import { startTypeScript } from '../support/processes.ts'
import { hard, type Row, soft } from '../support/report.ts'
import { type Campaign, told } from './campaign.ts'
import { sendAll, toRequests } from './load.ts'

const forms = {
  short: { deliveries: 4_000, pairs: 1 },
  long: { deliveries: 30_000, pairs: 9 },
}
const connections = 128
const warmUp = 3_000
const goal = 0.7

/** Fastify with everything on, durable and volatile, side by side. */
export const ratio: Campaign = {
  name: 'ratio',
  what: `Fastify, ${connections} connections: deliveries acknowledged in a second by sqliteInbox against memoryInbox, in pairs`,
  async run(form) {
    const { deliveries, pairs } = forms[form]
    const folder = mkdtempSync(join(tmpdir(), 'acuse-ratio-'))
    const ratios: number[] = []
    const rates: { durable: number[]; volatile: number[] } = { durable: [], volatile: [] }
    let others = 0
    async function measure(level: 'durable' | 'volatile', inbox: string): Promise<number> {
      const { perSecond, statuses } = await acknowledged(inbox, deliveries)
      others += deliveries - (statuses['200'] ?? 0)
      rates[level].push(perSecond)
      return perSecond
    }
    try {
      for (let pair = 0; pair < pairs; pair++) {
        const file = join(folder, `${pair}.db`)
        // The one that goes first alternates.
        const first = pair % 2 === 0 ? await measure('durable', file) : await measure('volatile', 'memory')
        const second = pair % 2 === 0 ? await measure('volatile', 'memory') : await measure('durable', file)
        ratios.push(pair % 2 === 0 ? first / second : second / first)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
    return rowsOf({ deliveries, pairs, ratios, rates, others })
  },
}

interface Measured {
  readonly deliveries: number
  readonly pairs: number
  readonly ratios: readonly number[]
  readonly rates: Readonly<Record<'durable' | 'volatile', readonly number[]>>
  readonly others: number
}

function rowsOf({ deliveries, pairs, ratios, rates, others }: Measured): Row[] {
  return [
    told('pairs', pairs),
    told('deliveries of each run', deliveries),
    { figure: 'answers other than 200', value: String(others), goal: hard('0', others === 0) },
    told('durable, acknowledged in a second, median', Math.round(median(rates.durable))),
    told('volatile, acknowledged in a second, median', Math.round(median(rates.volatile))),
    {
      figure: 'ratio, median',
      value: median(ratios).toFixed(2),
      goal: soft(`>= ${goal}`, median(ratios) >= goal),
    },
    told('ratio, all', ratios.map((each) => each.toFixed(2)).join(' ')),
  ]
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

const script = fileURLToPath(new URL('receiver.ts', import.meta.url))

async function acknowledged(inbox: string, deliveries: number) {
  const receiver = startTypeScript(script, { SECRET: secret, INBOX: inbox })
  try {
    const port = Number((await receiver.line(/^listening on/)).split(' ').at(-1))
    await sendAll(port, toRequests(0, warmUp), connections)
    return await sendAll(port, toRequests(warmUp, deliveries), connections)
  } finally {
    await receiver.stop()
  }
}
