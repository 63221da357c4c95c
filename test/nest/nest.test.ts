import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Running, root, run, startCommand } from '../support/processes.ts'

/** What `nest new` of a major version writes to tsconfig.json, as far as it matters to modules and decorators. */
interface Version {
  readonly major: string
  readonly modules: string
  readonly manifest: object
  readonly options: object
}

const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true }
const versions: readonly Version[] = [
  {
    major: '10',
    modules: 'CommonJS, resolved as Node 10 does',
    manifest: {},
    options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  },
  {
    major: '11',
    modules: 'CommonJS',
    manifest: {},
    options: { module: 'nodenext', isolatedModules: true },
  },
  {
    major: '12',
    modules: 'ES modules',
    manifest: { type: 'module' },
    options: { module: 'nodenext', isolatedModules: true },
  },
]
const platforms = ['express', 'fastify'] as const
const secret = 'c0ffee01'.repeat(8)
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const folders = new Map<string, string>()

/** A project of its own: our packages as they are built, Nest of one version, and the program, compiled. */
async function writeProject({ major, manifest, options }: Version): Promise<string> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `acuse-nest${major}-`))
  folders.set(major, folder)
  const modules = join(folder, 'node_modules')
  for (const scope of ['@acuse', '@types']) mkdirSync(join(modules, scope), { recursive: true })
  for (const name of ['core', 'providers', 'sender', 'sqlite'])
    symlinkSync(join(root, 'packages', name), join(modules, '@acuse', name))
  // Copied, so that it finds Nest of this version.
  for (const part of ['dist', 'cjs', 'package.json'])
    cpSync(join(root, 'packages/nestjs', part), join(modules, '@acuse/nestjs', part), { recursive: true })
  const nest = join(root, major === '11' ? 'packages/nestjs' : `test/nest/${major}`, 'node_modules')
  for (const name of ['@nestjs', 'reflect-metadata', 'rxjs'])
    symlinkSync(join(nest, name), join(modules, name))
  symlinkSync(join(root, 'node_modules/@types/node'), join(modules, '@types/node'))
  cpSync(join(root, 'test/nest/apps'), join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, ...manifest }))
  const strict = { strict: true, skipLibCheck: true, types: ['node'] }
  const places = { target: 'es2023', rootDir: 'src', outDir: 'built' }
  const compilerOptions = { ...options, ...decorators, ...strict, ...places }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
  await run(process.execPath, [tsc, '-p', folder]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout)
  })
  return folder
}

beforeAll(async () => {
  const ours = ['core', 'providers', 'sender', 'sqlite', 'nestjs'].map((name) => `packages/${name}`)
  await run(process.execPath, ['--import', 'tsx', 'scripts/build.ts', ...ours], { cwd: root })
})

const started: Running[] = []
afterEach(() => Promise.all(started.splice(0).map((each) => each.stop('SIGKILL'))))
afterAll(() => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true })
})

function start(folder: string, env: Record<string, string>): Running {
  const inbox = join(folder, 'webhooks.db')
  const given = { SECRET: secret, INBOX: inbox, RUN: '1', ...env }
  const running = startCommand(process.execPath, ['built/main.js'], given, folder)
  started.push(running)
  return running
}

async function urlOf(running: Running): Promise<string> {
  return (await running.line(/^listening on /)).replace('listening on ', '')
}

function senderTo(url: string, key = secret): ReturnType<typeof createSender<object, never>> {
  const to = { url: `${url}/webhooks/redcumbre`, attemptDelaysMs: [0] }
  return createSender({ provider: redcumbre, secret: key, ...to }) as never
}

describe.each(versions)('Nest $major in $modules', (version) => {
  const { major } = version
  let folder: string
  beforeAll(async () => {
    folder = await writeProject(version)
  })

  it.each(platforms)('receives on %s, beside its own routes', async (platform) => {
    const running = start(folder, { PLATFORM: platform })
    const url = await urlOf(running)
    const forged = await senderTo(url, 'another-secret-of-enough-length').send('bhe.emitida' as never)
    const signed = await senderTo(url).send('bhe.emitida' as never)
    expect([forged.status, signed.status]).toEqual([401, 200])
    expect(await running.line(/^handled/)).toBe('handled 194062, the ledger is open')
    const headers = { 'content-type': 'application/json' }
    const order = await fetch(`${url}/api/orders`, { method: 'POST', headers, body: '{"a":1}' })
    expect(await order.json()).toMatchObject({ got: { a: 1 } })
  })

  it('leaves the settings of Express to the app', async () => {
    const url = await urlOf(start(folder, { PLATFORM: 'express' }))
    const order = await fetch(`${url}/api/orders?a=1`, { method: 'POST' })
    expect(await order.json()).toMatchObject({ query: { parsedByApp: 'a=1' } })
  })

  it.each(platforms)('lets a handler finish on SIGTERM with what it uses, on %s', async (platform) => {
    const running = start(folder, { PLATFORM: platform })
    const url = await urlOf(running)
    await senderTo(url).send('bhe.emitida' as never, { folioSii: 'slow' } as never)
    await running.line(/^began/)
    expect(await running.stop('SIGTERM')).toBe(null)
    expect(running.lines.at(-1)).toBe('handled 194062, the ledger is open')
  })

  it('works in a context without HTTP on what a process that only accepts left behind', async () => {
    const accepting = start(folder, { PLATFORM: 'express', WORK: 'no' })
    await senderTo(await urlOf(accepting)).send('bhe.emitida' as never)
    await accepting.stop('SIGTERM')
    const worker = start(folder, {})
    await worker.line(/^handled/)
    // Still there: nothing else keeps a worker alive.
    expect(await worker.stop('SIGTERM')).toBe(null)
    expect(accepting.lines.filter((line) => line.startsWith('handled'))).toEqual([])
  })

  it('is imported without a secret, and says at its start that there is none', async () => {
    const imported = await run(process.execPath, ['built/main.js'], { cwd: folder, env: {} })
    expect(imported.stdout + imported.stderr).toBe('')
    const running = start(folder, { PLATFORM: 'express', SECRET: '' })
    expect(await running.exited).toBe(1)
    expect(running.lines.join('\n')).toMatch(/secret/)
  })

  // Nest 12 is modules only, which jest cannot require.
  it.skipIf(major === '12')('is tested in jest', async () => {
    const jest = join(root, 'test/node_modules/jest/bin/jest.js')
    const config = JSON.stringify({ rootDir: join(folder, 'built'), testMatch: ['**/*.spec.js'] })
    const { stderr } = await run(process.execPath, [jest, '--config', config, '--forceExit'], { cwd: folder })
    expect(stderr).toMatch(/2 passed/)
  })
})
