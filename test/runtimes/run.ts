// Bundles the suite and runs it on every runtime, each from the npm registry at its exact version.
import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { type Runtime, runtimes } from './runtimes.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const installMs = 300_000
const suiteMs = 120_000
const execute = promisify(execFile)

/** The result of one runtime. */
interface Outcome {
  readonly name: string
  readonly passed: number
  readonly failed: number
  /** Its output, where a case failed or there is no summary. */
  readonly output: string
}

async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: [join(here, 'entry-process.ts'), join(here, 'entry-workerd.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    conditions: ['@acuse/source'],
    loader: { '.pem': 'text', '.txt': 'text', '.bin': 'binary' },
  })
  copyFileSync(join(here, 'workerd.capnp'), join(folder, 'workerd.capnp'))
}

async function install(folder: string, all: readonly Runtime[]): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const packages = all.flatMap(({ install }) => install ?? [])
  const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  await execute('npm', ['install', ...flags, ...packages], { cwd: folder, timeout: installMs })
}

async function runOn(name: string, command: readonly string[], cwd: string): Promise<Outcome> {
  const [binary, ...args] = command as [string, ...string[]]
  if (!existsSync(binary)) return { name, passed: 0, failed: 1, output: `There is no ${binary}` }
  chmodSync(binary, 0o755)
  const env = { PATH: process.env['PATH'], HOME: folder, WORKERD_VERSION: name.split(' ')[1] }
  const output = await execute(binary, args, { cwd, timeout: suiteMs, env, maxBuffer: 2 ** 24 }).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    (error: { message: string; stdout: string; stderr: string }) =>
      `${error.stdout}${error.stderr}${error.message}`,
  )
  const summary = /: (\d+) passed, (\d+) failed/.exec(output)
  const [passed, failed] = summary ? [Number(summary[1]), Number(summary[2])] : [0, 1]
  return { name, passed, failed, output: failed > 0 ? output : '' }
}

/** The suite on every runtime, and the contract of inboxes on the SQLite of every Node. */
async function* outcomes(all: readonly Runtime[]): AsyncGenerator<Outcome> {
  for (const { name, command, node } of all) {
    yield await runOn(name, command(folder), folder)
    if (node) yield await runOn(`${name}, SQLite`, [node(folder), ...contract], join(here, '..'))
  }
}

const contract = ['--conditions=@acuse/source', '--import', 'tsx', 'contracts/run-inbox-sqlite.ts']
const all = runtimes()
const folder = mkdtempSync(join(tmpdir(), 'acuse-runtimes-'))
try {
  await bundle(folder)
  await install(folder, all)
  let [passed, failed] = [0, 0]
  for await (const outcome of outcomes(all)) {
    passed += outcome.passed
    failed += outcome.failed
    console.log(
      `${outcome.name.padEnd(24)} ${String(outcome.passed).padStart(4)} passed ${String(outcome.failed).padStart(4)} failed`,
    )
    if (outcome.output) console.log(outcome.output)
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
