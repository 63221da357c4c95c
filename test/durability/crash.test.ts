import { expect, it, vi } from 'vitest'
import { underLoad } from './under-load.ts'

it('a campaign under load fails at once, with the reason, when the receiver ends by itself', async () => {
  const form = { blows: 1_000_000, acknowledged: 1_000_000, width: 4, upMs: 50, secondMs: 250 }
  const campaign = underLoad({
    name: 'crash',
    what: 'the receiver ends, and the campaign has not ended it',
    example: 'express',
    inbox: 'sqlite',
    blow: () => ({
      strike: async ({ victim }) => void process.kill(victim.pid, 'SIGKILL'),
      rows: () => [],
    }),
    short: form,
    long: form,
  })
  vi.spyOn(console, 'error').mockImplementation(() => {})
  await expect(campaign.run('short', 1)).rejects.toThrow(/^express ended by itself \(SIGKILL\)/)
})
