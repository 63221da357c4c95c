import { describe, expect, it } from 'vitest'
import { campaigns, leftOut } from './campaigns.ts'

// The long forms are `pnpm durability`.

describe.concurrent.each(campaigns)('$name: $what', ({ name, run }) => {
  it('comes to what it must come to', async () => {
    const seed = Date.now() % 2 ** 31
    const rows = await run('short', seed)
    console.log(`${name}, seed ${seed}: ${rows.map(({ figure, value }) => `${figure} ${value}`).join('; ')}`)
    expect(rows.filter(({ goal }) => goal?.hard && !goal.met)).toEqual([])
    expect(rows.filter(({ goal }) => goal).length).toBeGreaterThan(0)
  }, 180_000)
})

// Each says what it lacks; `.ci/run` has all of it.
for (const { name, why } of leftOut) it.skip(`${name}: ${why}`)
