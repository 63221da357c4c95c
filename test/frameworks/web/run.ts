// Fresh projects of each framework, made of the files that its page shows: built without a secret, started, delivered to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, run } from '../../support/processes.ts'
import { type App, apps } from './apps.ts'
import { deliverTo } from './deliver.ts'
import { filesOf } from './pages.ts'
import { type Server, startServer } from './server.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
  },
})
const stepMs = 400_000
const packed = ['core', 'providers', 'sqlite', 'hono']

const chosen = apps.filter(({ name }) => values.only.length === 0 || values.only.includes(name))
if (chosen.length === 0) throw new TypeError(`--only is one of ${apps.map(({ name }) => name).join(', ')}`)
const folder = mkdtempSync(join(tmpdir(), 'acuse-frameworks-'))

/** Packs our packages as they would be published; their tarballs by name. */
async function pack(): Promise<Readonly<Record<string, string>>> {
  const to = join(folder, 'tarballs')
  mkdirSync(to)
  const filters = packed.flatMap((name) => ['--filter', `./packages/${name}`])
  await run('npx', ['-y', 'pnpm@10.34.9', ...filters, 'exec', 'pnpm', 'pack', '--pack-destination', to], {
    cwd: root,
    maxBuffer: 2 ** 26,
  })
  return Object.fromEntries(packed.map((name) => [`@acuse/${name}`, `file:${to}/acuse-${name}-0.0.0.tgz`]))
}

function write(cwd: string, app: App, tarballs: Readonly<Record<string, string>>): void {
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...tarballs, ...app.packages },
  }
  const files = {
    'package.json': JSON.stringify(manifest),
    ...app.files,
    ...Object.fromEntries(filesOf(app.page)),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
}

/** What a build machine has: no secret of ours, and no questions asked. */
function environment(cwd: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return {
    PATH: `${join(cwd, 'node_modules/.bin')}:${PATH}`,
    HOME,
    CI: '1',
    NO_COLOR: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
    WRANGLER_SEND_METRICS: 'false',
  }
}

async function step(words: readonly string[], cwd: string): Promise<string> {
  const [name = '', ...args] = words
  const options = { cwd, env: environment(cwd), timeout: stepMs, maxBuffer: 2 ** 26 }
  return run(name, args, options).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    (error: { stdout: string; stderr: string; message: string }) => {
      throw new Error(`${words.join(' ')}: ${error.message}\n${error.stdout}${error.stderr}`)
    },
  )
}

async function withServer(
  app: App,
  cwd: string,
  env: Readonly<Record<string, string>>,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const server = await startServer(app.start, { cwd, env: { ...environment(cwd), ...app.env, ...env } })
  try {
    await use(server)
  } catch (error) {
    throw new Error(`${app.start.join(' ')}: ${(error as Error).message}\n${server.output()}`)
  } finally {
    await server.stop()
  }
}

async function prove(app: App, tarballs: Readonly<Record<string, string>>): Promise<void> {
  const cwd = join(folder, app.name)
  write(cwd, app, tarballs)
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  await step(['npm', 'install', ...flags], cwd)
  let built = ''
  for (const words of app.build ?? []) built += await step(words, cwd)
  if (built.includes('CLP net')) throw new Error(`A handler ran while it was built:\n${built}`)
  const paths = app.paths ?? ['/webhooks/redcumbre']
  await withServer(app, cwd, {}, (server) => deliverTo(server, paths, 'without the secret'))
  const secret = { REDCUMBRE_WEBHOOK_SECRET: 'c0ffee01'.repeat(8) }
  await withServer(app, cwd, secret, (server) => deliverTo(server, paths, 'with the secret'))
}

try {
  const tarballs = await pack()
  let failures = 0
  for (const app of chosen) {
    const started = performance.now()
    const failure = await prove(app, tarballs).then(
      () => '',
      (error: Error) => error.message,
    )
    if (failure) failures++
    const seconds = Math.round((performance.now() - started) / 1000)
    console.log(`${failure ? 'FAILED' : 'passed'} ${app.name} (${seconds} s)`)
    if (failure) console.log(failure.slice(-5_000))
    if (!values.keep) rmSync(join(folder, app.name), { recursive: true, force: true })
  }
  console.log(`${chosen.length - failures} passed, ${failures} failed`)
  process.exitCode = failures > 0 ? 1 : 0
} finally {
  if (values.keep) console.log(folder)
  else rmSync(folder, { recursive: true, force: true })
}
