// Slow bodies and floods of bad signatures against real servers, with honest deliveries beside them.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { HostName } from '../adapters/hosts.ts'
import { printRows, type Row, tableHead } from '../support/report.ts'
import { type Form, runFlood, runTrickle, runUnsigned } from './campaigns.ts'
import { runDeadlines } from './deadlines.ts'

const hosts: readonly HostName[] = ['express', 'fastify', 'hono']
const usual: readonly HostName[] = ['fastify', 'express']
const campaigns = { deadlines: runDeadlines, trickle: runTrickle, unsigned: runUnsigned, flood: runFlood }

const longForm: Form = {
  slowConnections: 1_000,
  trickleMs: 20_000,
  tricklePerSecond: 100,
  floodConnections: 32,
  warmUpMs: 30_000,
  rssWindowMs: 6_000,
  floodMs: 60_000,
  floodPerSecond: 50,
}

const shortForm: Form = {
  ...longForm,
  slowConnections: 200,
  trickleMs: 4_000,
  warmUpMs: 8_000,
  rssWindowMs: 2_000,
  floodMs: 4_000,
}

function options() {
  const { values } = parseArgs({
    // `pnpm stress -- --short` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      short: { type: 'boolean', default: false },
      host: { type: 'string', multiple: true, default: [...usual] },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  })
  const seed = Number(values.seed)
  if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
  const chosen = values.host.includes('all') ? hosts : hosts.filter((host) => values.host.includes(host))
  const unknown = values.host.find((host) => host !== 'all' && !hosts.some((known) => known === host))
  if (unknown) throw new TypeError(`--host must be one of ${hosts.join(', ')} or all, not '${unknown}'`)
  return { short: values.short, hosts: chosen, seed }
}

function describe({ slowConnections, trickleMs, tricklePerSecond, ...form }: Form): string {
  const { floodConnections, warmUpMs, floodMs, floodPerSecond } = form
  return [
    'deadlines: connections that the receiver is not asked about, until hardenServer has them closed',
    `trickle: ${slowConnections} connections, one byte a second each, reopened for ${trickleMs / 1e3} s, beside ${tricklePerSecond} honest deliveries a second`,
    'unsigned: the same without a signature, each reopened a second after it was closed',
    `flood: ${floodConnections} connections, ${floodMs / 1e3} s after ${warmUpMs / 1e3} s of the same to let the heap settle, beside ${floodPerSecond} honest deliveries a second`,
    'server, attack and honest sender are a process each; honest latency is from sending to the whole answer',
  ].join('\n')
}

async function main({ short, hosts, seed }: ReturnType<typeof options>): Promise<number> {
  const form = short ? shortForm : longForm
  const model = cpus()[0]?.model ?? 'unknown CPU'
  console.log(
    `Node ${process.version}, ${model} x ${cpus().length}, seed ${seed}, ${new Date().toISOString()}`,
  )
  console.log(`${describe(form)}\n${tableHead}`)
  const rows: Row[] = []
  for (const host of hosts) {
    for (const [name, run] of Object.entries(campaigns)) {
      const start = performance.now()
      const found = await run(host, form, seed)
      const took = { figure: 'took', value: `${((performance.now() - start) / 1e3).toFixed(1)} s` }
      printRows(host, name, [...found, took])
      rows.push(...found)
    }
  }
  const missed = rows.filter(({ goal }) => goal?.met === false)
  const hardMissed = missed.filter(({ goal }) => goal?.hard).length
  console.log(`${hardMissed} hard and ${missed.length - hardMissed} soft goals missed`)
  return hardMissed > 0 || (missed.length > 0 && !short) ? 1 : 0
}

try {
  process.exitCode = await main(options())
} catch (error) {
  // Not 1, which says that a goal was missed.
  console.error(error)
  process.exitCode = 2
}
