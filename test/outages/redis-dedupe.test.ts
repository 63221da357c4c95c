import { describe, expect, it } from 'vitest'
import { outages } from './outages.ts'
import { levels, receiveThrough } from './receive-through.ts'

// How fast is what the campaign `outages` measures.
describe.concurrent.each(Object.keys(levels))('%s with a Redis', (level) => {
  it.concurrent.each(Object.keys(outages))(
    '%s answers 503 with Retry-After meanwhile, and runs each event once in the end',
    async (outage) => {
      const { statuses, runs, retryAfter, dead } = await receiveThrough(level, outage)
      expect([...new Set(statuses)]).toEqual([503])
      expect([...retryAfter]).toEqual(['1'])
      expect(runs.size).toBe(statuses.length + 2)
      expect([...runs.values()].filter((count) => count !== 1)).toEqual([])
      expect(dead).toBe(0)
    },
  )
})
