import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { secret } from '../processes/fleet.ts'
import { startProgram } from '../support/processes.ts'
import { type Campaign, none, told } from './campaign.ts'
import { sendAll, toRequests } from './load.ts'
import { inPairs, median, ratioRows } from './pairs.ts'

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
    let files = 0
    let others = 0
    async function measure(inbox: string): Promise<number> {
      const { perSecond, statuses } = await acknowledged(inbox, deliveries)
      others += deliveries - (statuses['200'] ?? 0)
      return perSecond
    }
    try {
      const durable = () => measure(join(folder, `${files++}.db`))
      const measured = await inPairs(pairs, durable, () => measure('memory'))
      return [
        told('deliveries of each run', deliveries),
        none('answers other than 200', others),
        told('durable, acknowledged in a second, median', Math.round(median(measured.ones))),
        told('volatile, acknowledged in a second, median', Math.round(median(measured.others))),
        ...ratioRows(measured, goal),
      ]
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

const script = fileURLToPath(new URL('receiver.ts', import.meta.url))

async function acknowledged(inbox: string, deliveries: number) {
  const receiver = startProgram(script, { SECRET: secret, INBOX: inbox })
  try {
    const port = Number((await receiver.line(/^listening on/)).split(' ').at(-1))
    await sendAll(port, toRequests(0, warmUp), connections)
    return await sendAll(port, toRequests(warmUp, deliveries), connections)
  } finally {
    await receiver.stop()
  }
}
