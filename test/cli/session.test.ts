import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { acuse, exitCodes } from '@acuse/cli'
import { describe, expect, it } from 'vitest'
import { recordedPage, sessionPages } from '../../packages/cli/scripts/session.ts'
import { root } from '../support/processes.ts'

describe.each(Object.keys(sessionPages) as (keyof typeof sessionPages)[])('%s', (page) => {
  it('holds a session that is what the command says', async () => {
    expect(readFileSync(join(root, page), 'utf8')).toBe(await recordedPage(page))
  })
})

describe('@acuse/cli', () => {
  it('can be called by a program', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const isTerminal = { stdin: false, stdout: false, stderr: false }
    const { signal } = new AbortController()
    const world = { stdin, stdout, stderr, env: {}, cwd: root, isTerminal, signal }
    expect(await acuse(['providers', 'stripe', '--json'], world)).toBe(exitCodes.ok)
    stdout.end()
    expect(JSON.parse(await text(stdout))).toMatchObject({ name: 'stripe', proof: 'HMAC-SHA256' })
  })
})
