import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { changeEach } from '../../src/inbox/change-each.ts'
import { keepAlive } from '../../src/lib/keep-alive.ts'
import { systemClock } from '../../src/model/clock.ts'

const program = `
const later = new Promise((resolve) => setTimeout(resolve, 20).unref())
const keepAlive = ${keepAlive.toString()}
await (process.argv[1] === 'kept' ? keepAlive(later) : later)
console.log('ended')
`

async function runs(how: string): Promise<string> {
  const args = ['--input-type=module', '--eval', program, how]
  return promisify(execFile)(process.execPath, args).then(
    ({ stdout }) => stdout,
    ({ code }) => `exit ${code}`,
  )
}

describe('a promise that somebody awaits', () => {
  it('keeps the process alive until it is settled, though the timers of the clock do not', async () => {
    expect(await runs('bare')).toBe('exit 13')
    expect(await runs('kept')).toContain('ended')
  })

  it('is told as it was, resolved or rejected', async () => {
    expect(await keepAlive(Promise.resolve(1))).toBe(1)
    await expect(keepAlive(Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('is a paced redrive, too', async () => {
    const act = () => true
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const done = changeEach([1, 2], { perSecond: 50 }, systemClock, act)
    await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    const during = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    expect(during).toBeGreaterThan(before)
    expect(await done).toBe(2)
  })
})
