// Receivers, inboxes, disks and Redis are made to fail, and acknowledged deliveries are counted.
// `pnpm durability`, `pnpm crash` for those that kill the receiver; `pnpm campaigns` is all of them in their short form.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { root, run } from '../support/processes.ts'
import { tableHead } from '../support/report.ts'
import { campaigns, leftOut } from './campaigns.ts'
import { runCampaigns } from './run-campaigns.ts'

function options() {
  const { values } = parseArgs({
    // `pnpm durability -- --short` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      short: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      only: { type: 'string', multiple: true, default: [''] },
    },
  })
  const seed = Number(values.seed)
  if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
  const chosen = campaigns.filter(({ name }) => values.only.some((start) => name.startsWith(start)))
  if (chosen.length === 0) {
    throw new TypeError(`--only must begin one of ${campaigns.map(({ name }) => name).join(', ')}`)
  }
  return { form: values.short ? 'short' : 'long', seed, chosen } as const
}

async function main({ form, seed, chosen }: ReturnType<typeof options>): Promise<number> {
  await run('npx', ['-y', 'pnpm@10.34.9', 'build'], { cwd: root })
  const model = cpus()[0]?.model ?? 'unknown CPU'
  const when = new Date().toISOString()
  console.log(`Node ${process.version}, ${model} x ${cpus().length}, seed ${seed}, ${form} form, ${when}`)
  for (const { name, why } of leftOut) console.log(`left out: ${name}, because ${why}`)
  console.log(tableHead)
  const { passed, failed, softMissed } = await runCampaigns(chosen, form, seed)
  console.log(`${softMissed} goals of speed missed`)
  const skipped = leftOut.length > 0 ? `, ${leftOut.length} skipped` : ''
  console.log(`${passed} passed, ${failed} failed${skipped}`)
  return failed > 0 || (softMissed > 0 && form === 'long') ? 1 : 0
}

try {
  // Resources of a campaign that hangs must not keep this process alive.
  process.exit(await main(options()))
} catch (error) {
  // Not 1, which says that a goal was missed.
  console.error(error)
  process.exit(2)
}
