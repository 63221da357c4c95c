import { printRows, type Row } from '../support/report.ts'
import type { Campaign, Form } from './campaign.ts'

/** One that takes longer hangs; the slowest takes 20 s and 50 min. */
const limitMinutes = { short: 5, long: 180 }

/** The results of the campaigns. */
export interface Outcome {
  readonly passed: number
  /** Those that missed a hard goal, had none to meet, or threw. */
  readonly failed: number
  /** Goals of speed that were missed. */
  readonly softMissed: number
}

/** Runs them one after the other, and prints what each came to. One that throws or hangs has failed, and ends no other. */
export async function runCampaigns(
  campaigns: readonly Campaign[],
  form: Form,
  seed: number,
  limitMs = limitMinutes[form] * 60e3,
): Promise<Outcome> {
  let passed = 0
  let softMissed = 0
  for (const campaign of campaigns) {
    console.log(`# ${campaign.what}`)
    const rows = await runOne(campaign, form, seed, limitMs)
    if (isPassed(rows)) passed++
    else console.log(`FAILED: ${campaign.name}, seed ${seed}`)
    softMissed += rows.filter(({ goal }) => goal && !goal.hard && !goal.met).length
  }
  return { passed, failed: campaigns.length - passed, softMissed }
}

async function runOne(
  campaign: Campaign,
  form: Form,
  seed: number,
  limitMs: number,
): Promise<readonly Row[]> {
  const startedAt = performance.now()
  try {
    const rows = await within(limitMs, campaign.run(form, seed))
    const took = { figure: 'took', value: `${((performance.now() - startedAt) / 1e3).toFixed(1)} s` }
    printRows('', campaign.name, [...rows, took])
    return rows
  } catch (error) {
    console.error(error)
    return []
  }
}

async function within<T>(limitMs: number, running: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${limitMs / 60e3} minutes`)), limitMs)
  })
  try {
    return await Promise.race([running, hangs])
  } finally {
    clearTimeout(timer)
  }
}

/** A campaign without a goal has shown nothing. */
function isPassed(rows: readonly Row[]): boolean {
  const goals = rows.flatMap(({ goal }) => (goal ? [goal] : []))
  return goals.length > 0 && goals.every(({ hard, met }) => met || !hard)
}
