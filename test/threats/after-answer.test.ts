import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProgram } from '../support/processes.ts'

// Threat 51: the runtime stops when the answer is given.
const host = 'threats/frozen-host.ts'

function start(how: string, env: Record<string, string> = {}) {
  const log = join(mkdtempSync(join(tmpdir(), 'acuse-frozen-')), 'handled.log')
  return { log, running: startProgram(host, { HOW: how, HANDLED_LOG: log, ...env }) }
}

describe('a host that ends with its answer', () => {
  it.each([
    'hono executionCtx',
    'hono/vercel',
    'fetch, Workers',
    'fetch, the after of Next.js',
    'hono, 503 with ack: handled',
    'hono/aws-lambda, ack: handled',
  ])('loses nothing that was acknowledged: %s', async (how) => {
    const { log, running } = start(how)
    expect(await running.exited, running.lines.join('\n')).toBeNull()
    expect(readFileSync(log, 'utf8')).toMatch(/^\S+\n$/)
  })

  it('refuses to start on Lambda with the default inbox, and names the two ways out', async () => {
    const { running } = start('hono/aws-lambda', { AWS_LAMBDA_FUNCTION_NAME: 'hooks' })
    expect(await running.exited).toBe(1)
    expect(running.lines.join('\n')).toMatch(/TypeError: AWS Lambda stops .*ack: 'handled'.*durable inbox/)
  })
})
