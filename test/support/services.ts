import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { run } from './processes.ts'
import { sharedFolder, stopShared } from './shared-postgres.ts'

/** A program that the tests run, and Debian's package of it. */
export interface Service {
  /** The names under which it may be found. */
  readonly commands: readonly string[]
  /** Where it may be besides the `PATH`. */
  readonly folders?: () => readonly string[]
  readonly package: string
  /** Without it some campaigns are left out, and say so. */
  readonly isOptional?: boolean
}

/** The browser of the dashboard's tests. */
export const browser: Service = {
  commands: ['chromium', 'chromium-browser', 'google-chrome'],
  package: 'chromium',
}

export const services: readonly Service[] = [
  { commands: ['redis-server', 'valkey-server'], package: 'redis-server' },
  { commands: ['curl'], package: 'curl' },
  { commands: ['openssl'], package: 'openssl' },
  { commands: ['faketime'], package: 'faketime' },
  { commands: ['webhook'], package: 'webhook' },
  { commands: ['script'], package: 'bsdutils' },
  { commands: ['strace'], package: 'strace', isOptional: true },
]

/** What `pnpm test:command` runs beside: the alert rules and the dashboard are run by Prometheus itself. */
export const programs: readonly Service[] = [
  { commands: ['prometheus'], package: 'prometheus' },
  { commands: ['promtool'], package: 'prometheus' },
  browser,
]

/** Where a program is, by the first of its names that is found. */
export function findCommand(commands: readonly string[], beside: readonly string[] = []): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...beside]
  const candidates = commands.flatMap((name) => folders.map((folder) => join(folder, name)))
  return candidates.find((path) => existsSync(path))
}

/** Finds what the tests and campaigns run, or installs it where that is possible; once, before the first of them. */
export async function setup(): Promise<void> {
  await provide(services)
  // The first test that needs Postgres starts one there.
  folder = mkdtempSync(join(tmpdir(), 'acuse-postgres-'))
  process.env[sharedFolder] = folder
}

let folder: string | undefined

/** Ends what the tests shared. */
export async function teardown(): Promise<void> {
  if (folder !== undefined) await stopShared(folder)
}

const isHere = ({ commands, folders }: Service): boolean => findCommand(commands, folders?.()) !== undefined

/** The same of what a campaign runs beside. */
export async function provide(wanted: readonly Service[]): Promise<void> {
  const missing = wanted.filter((each) => !isHere(each))
  if (missing.length === 0) return
  const packages = missing.map((service) => service.package)
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${packages.join(', ')}, which the tests run`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { env })
    const words = ['install', '-y', '-qq', '--no-install-recommends', 'ca-certificates', ...packages]
    await run('apt-get', words, { env })
  }
  const absent = wanted.filter((each) => !each.isOptional && !isHere(each))
  if (absent.length > 0) {
    const names = absent.map((service) => service.package).join(', ')
    throw new Error(`The tests run ${names}, which is not here: install it. No test is skipped for it`)
  }
}
