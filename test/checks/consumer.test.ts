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
  'nestjs',
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
  '@nestjs/common',
  '@nestjs/core',
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
  for (const scope of ['@acuse', '@nestjs', '@types', '@opentelemetry', 'tarballs'])
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
    join(folder, 'nest.ts'),
    `import { AcuseModule, type EventOf, WebhookHandler } from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import type { DynamicModule } from '@nestjs/common'
export const module: DynamicModule = AcuseModule.forRoot({ provider: redcumbre, secret: process.env.SECRET })
export const decorate = (to: object, of: TypedPropertyDescriptor<(event: EventOf<RedcumbreEvents, 'bhe.emitida'>) => void>) =>
  WebhookHandler(redcumbre, 'bhe.emitida')(to, 'issued', of)
`,
  )
  writeFileSync(
    join(folder, 'lambda.ts'),
    `import { createReceiver, memoryInbox } from '@acuse/core'
import { type LambdaHandler, toLambdaHandler } from '@acuse/core/lambda'
import { redcumbre } from '@acuse/providers/redcumbre'
const receiver = createReceiver(redcumbre(process.env.SECRET), { inbox: memoryInbox() })
export const handler: LambdaHandler = toLambdaHandler(receiver)
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
    ['module', 'nodenext', 'nodenext'],
    ['module', 'esnext', 'bundler'],
    ['commonjs', 'nodenext', 'nodenext'],
    ['commonjs', 'node16', 'node16'],
    ['commonjs', 'commonjs', 'node10'],
  ])(
    'type-checks as %s with module %s and resolution %s, libraries included',
    async (type, module, moduleResolution) => {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
      const compilerOptions = {
        module,
        moduleResolution,
        target: 'es2022',
        strict: true,
        noEmit: true,
        types: ['node'],
        esModuleInterop: true,
        // Other packages have no types for it.
        skipLibCheck: moduleResolution === 'node10',
        ...(moduleResolution === 'node10' && { ignoreDeprecations: '6.0' }),
      }
      // They wait at the top level, which only modules do.
      const exclude = type === 'commonjs' ? ['README*.ts'] : []
      const config = join(folder, `tsconfig.${type}.${moduleResolution}.json`)
      writeFileSync(config, JSON.stringify({ compilerOptions, include: ['*.ts'], exclude }))
      const output = await run(process.execPath, [tsc, '-p', config], { cwd: folder }).then(
        ({ stdout }) => stdout,
        (error: { stdout: string }) => error.stdout,
      )
      expect(output).toBe('')
    },
  )

  it('runs them as they are, without a source condition', async () => {
    const code = `
      const { redcumbreWebhooks } = await import('@acuse/express')
      const { redcumbre } = await import('@acuse/providers/redcumbre')
      const { createSender } = await import('@acuse/sender')
      const { default: express } = await import('express')
      const { memoryInbox } = await import('@acuse/core')
      const { sqliteInbox } = await import('@acuse/sqlite')
      ${receives}`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder })
    expect(stdout).toBe('0 waiting\nhandled 194062\nstatus 200\n')
  })

  it('runs them by require', async () => {
    const code = `
      const { redcumbreWebhooks } = require('@acuse/express')
      const { redcumbre } = require('@acuse/providers/redcumbre')
      const { createSender } = require('@acuse/sender')
      const express = require('express')
      const { memoryInbox } = require('@acuse/core')
      const { sqliteInbox } = require('@acuse/sqlite')
      async function main() { ${receives} }
      main()`
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', code], { cwd: folder })
    expect(stdout).toBe('0 waiting\nhandled 194062\nstatus 200\n')
  })

  it('is one where it is imported here and required there: its warnings, its endpoints, its errors and its receivers', async () => {
    writeFileSync(join(folder, 'both.mjs'), both)
    const { stdout, stderr } = await run(process.execPath, ['both.mjs'], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual({
      copies: 2,
      refused: "Another receiver of this process has the endpoint 'redcumbre'",
      dead: [['unrecoverable', 1]],
      reconciled: { complete: true, listed: 1, accepted: 1, duplicates: 0, conflicts: 0, unreadable: 0 },
      faulty: 401,
    })
    expect(stderr.match(/ACUSE_REPLAY_AFTER_RESTART/g)?.length).toBe(1)
  })
})

const receives = `
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

/** A program in which one file imports the packages and another requires them. */
const both = `
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { once } from 'node:events'
import * as imported from '@acuse/core'
import { reconcile } from '@acuse/core/reconcile'
import { redcumbre } from '@acuse/providers/redcumbre'
import { zenpli } from '@acuse/providers/zenpli'
import { tamperedBody } from '@acuse/sender'
import { sqliteInbox } from '@acuse/sqlite'
const require = createRequire(import.meta.url)
const required = require('@acuse/core')
const own = require('@acuse/sqlite')
const { createSender } = require('@acuse/sender')
const secret = 'c0ffee01'.repeat(8)
const found = { copies: new Set([imported.createReceiver, required.createReceiver]).size }

const inbox = sqliteInbox('both.db')
const receiver = required.createReceiver(redcumbre(secret), { inbox })
try {
  imported.createReceiver(redcumbre(secret), { inbox: own.sqliteInbox('both.db') })
} catch (error) {
  found.refused = error.message.split(' of /')[0]
}
for (const { createReceiver, memoryInbox } of [imported, required])
  createReceiver(zenpli({ apiKey: secret }), { inbox: memoryInbox() })

receiver.on('bhe.emitida', () => { throw new imported.UnrecoverableError('never') })
const server = createServer(required.toNodeHandler(receiver)).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = 'http://127.0.0.1:' + server.address().port + '/webhooks/redcumbre'
const sender = createSender({ provider: redcumbre, secret, url })
await sender.send('bhe.emitida')
await receiver.onIdle()
found.dead = (await inbox.deadLetters.list()).letters.map(({ reason, attempt }) => [reason, attempt])
found.faulty = (await sender.with(tamperedBody).send('bhe.emitida', {}, { attempts: 1 })).status
const { body } = await sender.sign('bhe.emitida', { bheId: 'another' })
const reconciler = reconcile(receiver, { list: async () => ({ items: [{ body: Buffer.from(body).toString() }] }) })
found.reconciled = await reconciler.round()
await receiver.close()
server.close()
console.log(JSON.stringify(found))
`
