import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, run } from '../support/processes.ts'

describe('THREATS 1: comparing with === leaks the MAC by timing', () => {
  it('1: the timing check runs, and tells its N, its t and its control', async () => {
    // The verdict of so few samples means nothing: pnpm timing is the measurement, docs/security.md its result.
    const file = join(root, 'test/timing/timing.ts')
    const args = [
      '--conditions=@acuse/source',
      '--import',
      'tsx',
      file,
      '--n',
      '2000',
      '--scheme',
      'hmac',
      '--seed',
      '1',
    ]
    const output = await run(process.execPath, args, { cwd: join(root, 'test') }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
    expect(output).toMatch(/hmac/)
    expect(output).toMatch(/control/)
    expect(output).toMatch(/seed\W+1\b/)
  })
})
