import { printRows, type Row } from '../support/report.ts'
import type { Campaign, Form } from './campaign.ts'

/** What running campaigns came to. */
export interface Outcome {
  readonly passed: number
  /** Those that missed a hard goal, had none to meet, or threw. */
  readonly failed: number
  /** Goals of speed that were missed. */
  readonly softMissed: number
}

/** Runs them one after the other, and prints what each came to. One that throws has failed, and ends no other. */
export async function runCampaigns(
  campaigns: readonly Campaign[],
  form: Form,
  seed: number,
): Promise<Outcome> {
  let passed = 0
  let softMissed = 0
  for (const campaign of campaigns) {
    console.log(`# ${campaign.what}`)
    const rows = await runOne(campaign, form, seed)
    if (isPassed(rows)) passed++
    else console.log(`FAILED: ${campaign.name}, seed ${seed}`)
    softMissed += rows.filter(({ goal }) => goal && !goal.hard && !goal.met).length
  }
  return { passed, failed: campaigns.length - passed, softMissed }
}

async function runOne(campaign: Campaign, form: Form, seed: number): Promise<readonly Row[]> {
  const startedAt = performance.now()
  try {
    const rows = await campaign.run(form, seed)
    const took = { figure: 'took', value: `${((performance.now() - startedAt) / 1e3).toFixed(1)} s` }
    printRows('', campaign.name, [...rows, took])
    return rows
  } catch (error) {
    console.error(error)
    return []
  }
}

/** A campaign without a goal has shown nothing. */
function isPassed(rows: readonly Row[]): boolean {
  const goals = rows.flatMap(({ goal }) => (goal ? [goal] : []))
  return goals.length > 0 && goals.every(({ hard, met }) => met || !hard)
}
