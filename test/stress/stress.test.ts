import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, run } from '../support/processes.ts'

// The long form, 1 000 slow connections for 20 s and 60 s of flood, is `pnpm stress`.
describe.each(['fastify', 'express'])('%s, under slow bodies and a flood of bad signatures', (host) => {
  it('takes every honest delivery, closes the slow ones, touches no store and keeps its memory', async () => {
    const file = join(root, 'test/stress/stress.ts')
    const args = ['--conditions=@acuse/source', '--import', 'tsx', file, '--short', '--host', host]
    const output = await run(process.execPath, args, { cwd: join(root, 'test') }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
    const missed = output.split('\n').filter((line) => /hard {2}MISSED/.test(line))
    expect(missed, output).toEqual([])
    expect(output.match(/hard {2}met/g)?.length, output).toBeGreaterThanOrEqual(10)
  }, 90_000)
})
