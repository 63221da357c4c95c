import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, run } from '../support/processes.ts'
import { readmeProgram } from '../support/readme-program.ts'

// A project that installed the packed packages: no workspace, no source condition, its own compiler options.
const folder = mkdtempSync(join(tmpdir(), 'acuse-consumer-'))
const modules = join(folder, 'node_modules')
const packages = [
  'core',
  'dashboard',
  'providers',
  'express',
  'fastify',
  'hono',
  'otel',
  'redis',
  'sender',
  'sqlite',
  'postgres',
  'bullmq',
  'prometheus',
]
const outside = [
  'express',
  '@types/express',
  'fastify',
  'fastify-plugin',
  'hono',
  'zod',
  'bullmq',
  'ioredis',
  '@opentelemetry/api',
  'libsql',
  'pg',
  '@types/pg',
  'prom-client',
  '@types/node',
]
const owners: Readonly<Record<string, string>> = {
  '@types/node': '',
  'fastify-plugin': 'packages/fastify',
  libsql: 'packages/sqlite',
}
const tsc = join(root, 'node_modules/typescript/bin/tsc')

beforeAll(async () => {
  for (const scope of ['@acuse', '@types', '@opentelemetry', 'tarballs'])
    mkdirSync(join(modules, scope), { recursive: true })
  const tarballs = join(modules, 'tarballs')
  const pack = [
    '-y',
    'pnpm@10.34.9',
    '--filter',
    './packages/*',
    'exec',
    'pnpm',
    'pack',
    '--pack-destination',
    tarballs,
  ]
  await run('npx', pack, { cwd: root })
  for (const name of packages) {
    const to = join(modules, '@acuse', name)
    mkdirSync(to)
    const tarball = join(
      tarballs,
      readdirSync(tarballs).find((file) => file.startsWith(`acuse-${name}-`)) as string,
    )
    await run('tar', ['-xzf', tarball, '--strip-components', '1', '-C', to])
  }
  for (const name of outside) {
    const owner = owners[name] ?? 'test'
    symlinkSync(join(root, owner, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const file of ['README.md', 'README.es.md']) {
    writeFileSync(
      join(folder, `${file.replace(/\W/g, '-')}.ts`),
      `${readmeProgram(file)}\nexport { report }\n`,
    )
  }
  writeFileSync(
    join(folder, 'types.ts'),
    `import { redcumbreWebhooks } from '@acuse/express'
import { bullmqInbox } from '@acuse/bullmq'
const inbox = () => bullmqInbox({ connection: 'redis://127.0.0.1' })
const webhooks = redcumbreWebhooks(process.env.SECRET)
webhooks.on('bhe.emitida', ({ payload }) => { const liquido: number = payload.montos.liquido; return liquido })
webhooks.on('bhe.*', ({ type }) => {
  const name: 'bhe.emitida' | 'bhe.emision_terminada' | 'bhe.pdf_sii_fallido' | 'bhe.emision_fallida' = type
  return name
})
// @ts-expect-error: no such event
webhooks.on('bhe.emitidaa', () => {})
`,
  )
  writeFileSync(
    join(folder, 'postgres.ts'),
    `import { redcumbreWebhooks } from '@acuse/express'
import { postgresInbox } from '@acuse/postgres'
import { Pool } from 'pg'
const inbox = postgresInbox(new Pool(), { retain: { bodiesForMs: 1_000 } })
redcumbreWebhooks('secret', { inbox }).on('bhe.emitida', async ({ payload }, { transaction }) => {
  const client = await transaction<'postgres'>()
  const { rowCount } = await client.query('insert into invoices values ($1)', [payload.bheId])
  return rowCount
})
export const replayed: Promise<{ readonly complete: boolean }> = inbox.replay({ all: true })
`,
  )
  writeFileSync(
    join(folder, 'otel.ts'),
    `import { memoryInbox } from '@acuse/core'
import type { Tracer } from '@acuse/core/tracing'
import { closeOn, health } from '@acuse/core/operate'
import { dashboard, toNodeListener } from '@acuse/dashboard'
import { redcumbreWebhooks } from '@acuse/express'
import { otel } from '@acuse/otel'
import express from 'express'
const inbox = memoryInbox()
const board = dashboard({ inboxes: { main: inbox }, authorize: () => true })
const telemetry = otel()
export const tracer: Tracer = telemetry.tracer
const webhooks = redcumbreWebhooks('secret', { inbox, ...telemetry, observer: [telemetry.observer, board.observer] })
const app = express().use(webhooks, health(webhooks).node).use('/board', toNodeListener(board))
closeOn(app.listen(3000), webhooks)
`,
  )
  writeFileSync(
    join(folder, 'prometheus.ts'),
    `import { memoryInbox } from '@acuse/core'
import { alerts, slackNotifier } from '@acuse/core/alerts'
import { redcumbreWebhooks } from '@acuse/express'
import { prometheusMetrics } from '@acuse/prometheus'
const inbox = memoryInbox()
const { observer, register } = prometheusMetrics({ inboxes: { main: inbox } })
const watching = alerts({ notify: slackNotifier(process.env.SLACK_WEBHOOK_URL) })
redcumbreWebhooks('secret', { inbox, observer })
redcumbreWebhooks('secret', { inbox, observer: watching.observer })
export const text: Promise<string> = register.metrics()
`,
  )
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('a project that installs the packed packages', () => {
  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('type-checks with module %s and resolution %s, libraries included', async (module, moduleResolution) => {
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      skipLibCheck: false,
    }
    const config = join(folder, `tsconfig.${moduleResolution}.json`)
    writeFileSync(config, JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const output = await run(process.execPath, [tsc, '-p', config], { cwd: folder }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
    expect(output).toBe('')
  })

  it('runs them as they are, without a source condition', async () => {
    const code = `
      const { redcumbreWebhooks } = await import('@acuse/express')
      const { redcumbre } = await import('@acuse/providers/redcumbre')
      const { createSender } = await import('@acuse/sender')
      const { default: express } = await import('express')
      const { memoryInbox } = await import('@acuse/core')
      const { sqliteInbox } = await import('@acuse/sqlite')
      console.log((await sqliteInbox('inbox.db').stats()).waiting, 'waiting')
      const secret = 'c0ffee01'.repeat(8)
      const webhooks = redcumbreWebhooks(secret, { inbox: memoryInbox() })
      webhooks.on('bhe.emitida', ({ payload }) => console.log('handled', payload.montos.liquido))
      const server = express().use(webhooks).listen(0, '127.0.0.1', async () => {
        const url = 'http://127.0.0.1:' + server.address().port + '/webhooks/redcumbre'
        const report = await createSender({ provider: redcumbre, secret, url }).send('bhe.emitida')
        await webhooks.close()
        console.log('status', report.status)
        server.close()
        server.closeAllConnections()
      })`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder })
    expect(stdout).toBe('0 waiting\nhandled 194062\nstatus 200\n')
  })
})
