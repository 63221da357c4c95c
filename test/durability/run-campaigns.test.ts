import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { soft } from '../support/report.ts'
import { none, told } from './campaign.ts'
import { campaigns, leftOut } from './campaigns.ts'
import { runCampaigns } from './run-campaigns.ts'

// The campaigns themselves are `pnpm campaigns`, in their short form, and `pnpm durability`.

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => vi.restoreAllMocks())

const named = (name: string, run: () => Promise<readonly ReturnType<typeof none>[]>) => ({
  name,
  what: name,
  run,
})

describe('runCampaigns', () => {
  it('counts one that throws as failed, and runs those after it', async () => {
    const thrower = named('thrower', async () => {
      throw new Error('no Redis')
    })
    const good = named('good', async () => [none('lost', 0)])
    expect(await runCampaigns([thrower, good], 'short', 1)).toEqual({ passed: 1, failed: 1, softMissed: 0 })
    expect(console.error).toHaveBeenCalledOnce()
  })

  it('counts one that hangs as failed, and runs those after it', async () => {
    const hanging = named('hanging', () => new Promise(() => {}))
    const good = named('good', async () => [none('lost', 0)])
    const outcome = await runCampaigns([hanging, good], 'short', 1, 20)
    expect(outcome).toEqual({ passed: 1, failed: 1, softMissed: 0 })
  })

  it('counts one that missed a hard goal as failed, and one that missed a goal of speed as passed', async () => {
    const losing = named('losing', async () => [none('lost', 1)])
    const slow = named('slow', async () => [{ figure: 'ms', value: '9', goal: soft('<= 1', false) }])
    expect(await runCampaigns([losing, slow], 'short', 1)).toEqual({ passed: 1, failed: 1, softMissed: 1 })
  })

  it('counts one without a goal as failed: it has shown nothing', async () => {
    const idle = named('idle', async () => [told('attempts', 0)])
    expect(await runCampaigns([idle], 'short', 1)).toEqual({ passed: 0, failed: 1, softMissed: 0 })
  })
})

describe('the campaigns', () => {
  it('have names of their own, which --only can tell apart', () => {
    const names = campaigns.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

// Each says what it lacks; `.ci/run` has all of it.
for (const { name, why } of leftOut) it.skip(`${name}: ${why}`)
