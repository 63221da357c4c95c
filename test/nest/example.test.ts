import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root, run, startCommand } from '../support/processes.ts'

const example = join(root, 'examples/nestjs')
const secret = 'c0ffee01'.repeat(8)
const folder = mkdtempSync(join(tmpdir(), 'acuse-nest-example-'))

beforeAll(async () => {
  const ours = ['core', 'providers', 'sqlite', 'nestjs'].map((name) => `packages/${name}`)
  await run(process.execPath, ['--import', 'tsx', 'scripts/build.ts', ...ours], { cwd: root })
  // Without a secret in the environment.
  const env = { PATH: process.env['PATH'] }
  await run(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], { cwd: example, env })
})
afterAll(() => rmSync(folder, { recursive: true }))

it('is built by nest build without a secret, and handles what is sent to it', async () => {
  const env = {
    REDCUMBRE_WEBHOOK_SECRET: secret,
    INBOX: join(folder, 'webhooks.db'),
    PORT: '0',
    NO_COLOR: '1',
  }
  const running = startCommand(process.execPath, ['dist/main.js'], env, example)
  const [url = ''] = (await running.line(/^listening on /)).match(/http:\S+/) ?? []
  const to = { url: `${url}/webhooks/redcumbre`, attemptDelaysMs: [0] }
  expect((await createSender({ provider: redcumbre, secret, ...to }).send('bhe.emitida')).status).toBe(200)
  expect(await running.line(/boleta/)).toMatch(/194062 CLP net$/)
  await running.stop('SIGTERM')
})
