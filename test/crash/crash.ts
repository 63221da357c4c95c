// kill -9 at random points, under load: what was acknowledged must be handled. `pnpm crash`, or with --short as in the tests.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { root, run } from '../support/processes.ts'
import { type Campaign, isSound, runCampaign } from './campaign.ts'

const { values } = parseArgs({
  // `pnpm crash -- --short` hands the two dashes on.
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    inbox: { type: 'string', multiple: true, default: ['sqlite', 'bullmq'] },
  },
})
const seed = Number(values.seed)
if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
const form = values.short
  ? { kills: 30, acknowledged: 300, width: 16, upMs: 1_000 }
  : { kills: 500, acknowledged: 500_000, width: 64, upMs: 2_500 }
const usual: readonly Pick<Campaign, 'example' | 'inbox'>[] = [
  { example: 'express', inbox: 'sqlite' },
  { example: 'fastify', inbox: 'bullmq' },
]
const campaigns = usual.filter(({ inbox }) => values.inbox.includes(inbox))

await run('npx', ['-y', 'pnpm@10.34.9', 'build'], { cwd: root })
console.log(
  `Node ${process.version}, ${cpus()[0]?.model} x ${cpus().length}, seed ${seed}, ${new Date().toISOString()}`,
)
let good = true
for (const campaign of campaigns) {
  const figures = await runCampaign({ ...campaign, ...form, seed })
  console.log(`${campaign.example} + ${campaign.inbox}: ${JSON.stringify(figures)}`)
  good &&= isSound(figures)
}
console.log(good ? 'lost 0, accepted twice 0, booked other than once 0' : 'FAILED')
process.exitCode = good ? 0 : 1
