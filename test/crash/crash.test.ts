import { beforeAll, describe, expect, it } from 'vitest'
import { root, run } from '../support/processes.ts'
import { type Campaign, runCampaign } from './campaign.ts'

// The long form is `pnpm crash`.
const campaigns: readonly Pick<Campaign, 'example' | 'inbox'>[] = [
  { example: 'express', inbox: 'sqlite' },
  { example: 'fastify', inbox: 'bullmq' },
]

beforeAll(async () => {
  await run(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-b', 'examples/express', 'examples/fastify'],
    { cwd: root },
  )
}, 120_000)

describe.concurrent.each(campaigns)(
  '$example with $inbox, killed with SIGKILL at 30 random points under load',
  (campaign) => {
    it('loses nothing that it acknowledged, accepts nothing twice, and books each document once', async () => {
      const seed = Date.now() % 2 ** 31
      const figures = await runCampaign({
        ...campaign,
        kills: 30,
        acknowledged: 300,
        width: 16,
        upMs: 1_000,
        seed,
      })
      console.log(`${campaign.example} + ${campaign.inbox}, seed ${seed}: ${JSON.stringify(figures)}`)
      expect(figures.acknowledged).toBeGreaterThanOrEqual(300)
      expect(figures).toMatchObject({ lost: 0, acceptedTwice: 0, notBookedOnce: 0 })
    }, 180_000)
  },
)
