import { cpSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { command } from './command.ts'
import { prepare, type Registries } from './prepare.ts'
import type { Project } from './project.ts'
import { secret, serve } from './serve.ts'
import type { Tools } from './tools.ts'

const installMs = 420_000
const buildMs = 300_000
const serveMs = 120_000

/** The places that one run uses. */
export interface Places {
  readonly folder: string
  readonly registries: Registries
  readonly tools: Tools
  /** Of npm: shared by all projects and runs. */
  readonly npmCache: string
}

const installs: Readonly<Record<NonNullable<Project['manager']>, readonly string[]>> = {
  npm: ['npm', 'install', '--prefer-offline', '--no-package-lock', '--loglevel=error'],
  'npm workspace': ['npm', 'install', '--prefer-offline', '--loglevel=error'],
  pnpm: ['pnpm', 'install', '--prefer-offline', '--no-frozen-lockfile'],
  'yarn-pnp': ['yarn', 'install', '--no-immutable'],
  bun: ['bun', 'install', '--ignore-scripts'],
  deno: ['deno', 'install', '--node-modules-dir=auto'],
}

/** Installs, builds and runs one project; throws at the first step that fails. */
export async function runProject(project: Project, places: Places): Promise<void> {
  const cwd = join(places.folder, project.name)
  prepare(cwd, project, places.registries)
  const env = environment(project, places, cwd)
  const step = (words: readonly string[], timeoutMs: number, more: Record<string, string> = {}) =>
    command(withManager(project, words), { cwd, env: { ...env, ...more }, timeoutMs })
  await command(installs[project.manager ?? 'npm'], { cwd, env, timeoutMs: installMs })
  for (const words of project.build ?? []) await step(words, buildMs)
  if (project.test) await step(project.test, buildMs, { REDCUMBRE_WEBHOOK_SECRET: secret })
  if (!project.start) return
  const start = withManager(project, project.start)
  const where = project.alone === undefined ? cwd : takeAway(places.folder, project.name, project.alone)
  await serve(start, { cwd: where, env, timeoutMs: serveMs }, project)
}

/** With Plug'n'Play a program is found by Yarn alone. */
function withManager({ manager }: Project, words: readonly string[]): readonly string[] {
  if (manager !== 'yarn-pnp') return words
  return words[0] === 'node' ? ['yarn', ...words] : ['yarn', 'run', ...words]
}

/** Copies what a bundler made to a folder above which there is no node_modules. */
function takeAway(folder: string, name: string, bundle: string): string {
  const to = join(folder, `${name}-alone`)
  const from = join(folder, name, bundle)
  mkdirSync(to)
  cpSync(from, statSync(from).isDirectory() ? to : join(to, basename(bundle)), { recursive: true })
  return to
}

function environment(project: Project, places: Places, cwd: string): Record<string, string> {
  const { tools, folder, npmCache } = places
  const path = [tools.nodeFolder(project.node ?? 'own'), join(cwd, 'node_modules/.bin'), tools.bin]
  const home = join(folder, 'home')
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && /^(LANG|TZ|SHELL|SSL_CERT|NODE_EXTRA_CA|.*PROXY)/i.test(entry[0]),
  )
  return {
    ...Object.fromEntries(kept),
    PATH: [...path, process.env['PATH']].join(':'),
    HOME: home,
    TMPDIR: folder,
    npm_config_cache: npmCache,
    npm_config_userconfig: join(home, '.npmrc'),
    // Their caches go by name and version, and ours has one version and many builds.
    BUN_INSTALL_CACHE_DIR: join(home, 'bun'),
    DENO_DIR: join(home, 'deno'),
    YARN_GLOBAL_FOLDER: join(home, 'yarn'),
    npm_config_store_dir: join(home, 'pnpm-store'),
    DO_NOT_TRACK: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    WRANGLER_SEND_METRICS: 'false',
    NO_COLOR: '1',
  }
}
