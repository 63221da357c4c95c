// Fresh projects that install the packed packages: each receives a signed delivery and refuses a forged one.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, run } from '../support/processes.ts'
import { killAll } from './command.ts'
import { dryRun, findFaults, type Published } from './contents.ts'
import { packAll, packFreshClone } from './pack.ts'
import { pageOf } from './page.ts'
import type { Project } from './project.ts'
import { projects } from './projects.ts'
import { serveRegistry } from './registry.ts'
import { type Places, runProject } from './run-project.ts'
import { installTools } from './tools.ts'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
  },
})

const { short, only } = values
const known = new Set(projects.map(({ name }) => name))
for (const name of only)
  if (!known.has(name)) throw new TypeError(`There is no project ${name}: ${[...known].join(', ')}`)
const chosen = projects.filter(({ name, short: inShort }) =>
  only.length > 0 ? only.includes(name) : inShort || !short,
)
const folder = mkdtempSync(join(tmpdir(), 'acuse-install-'))
const results = new Map<Project, string | undefined>()

/** What would be published: a line each, and an error for what must not be in it, or is not. */
async function contents(tarballs: readonly string[]): Promise<readonly Published[]> {
  const none = join(folder, 'none')
  mkdirSync(none, { recursive: true })
  const nothing = await serveRegistry(none)
  const all: Published[] = []
  try {
    for (const tarball of tarballs) {
      const published = await dryRun(tarball, nothing.url)
      const { name, entryCount, size, unpackedSize } = published
      console.log(`${name.padEnd(20)} ${entryCount} files, ${size} bytes packed, ${unpackedSize} unpacked`)
      for (const fault of findFaults(published)) {
        console.log(`  FAILED ${fault}`)
        process.exitCode = 1
      }
      all.push(published)
    }
  } finally {
    nothing.close()
  }
  return all
}

/** Nothing has been built in it: packing does. */
async function freshClone(): Promise<void> {
  try {
    const [published] = await contents([await packFreshClone(folder)])
    console.log(`passed ${published?.name} is packed from a fresh clone`)
  } catch (error) {
    console.log(`FAILED a fresh clone is not packed: ${(error as Error).message}`)
    process.exitCode = 1
  }
}

function writeDocs(published: readonly Published[]): void {
  const told = projects.map((project) => ({ project, failure: results.get(project) }))
  for (const [language, page] of [
    ['en', 'docs/install-matrix.md'],
    ['es', 'docs/es/install-matrix.md'],
  ] as const) {
    mkdirSync(join(root, page, '..'), { recursive: true })
    writeFileSync(join(root, page), pageOf(language, told, published))
  }
}

async function runAll(places: Places): Promise<void> {
  const waiting: Project[] = [...chosen]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runOne(next, places)
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker))
}

async function runOne(project: Project, places: Places): Promise<void> {
  const started = performance.now()
  const failure = await runProject(project, places).then(
    () => undefined,
    (error: Error) => error.message,
  )
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(
    `${failure === undefined ? 'passed' : 'FAILED'} ${project.name.padEnd(28)} ${project.what} (${seconds} s)`,
  )
  if (failure !== undefined) console.log(failure.slice(-4_000))
  results.set(project, failure)
  if (!values.keep)
    for (const each of [project.name, `${project.name}-alone`])
      rmSync(join(folder, each), { recursive: true, force: true })
}

if (values['write-docs'] && chosen.length < projects.length)
  throw new TypeError('--write-docs writes the table of all projects: leave --short and --only out')

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    killAll()
    rmSync(folder, { recursive: true, force: true })
    process.exit(1)
  })

try {
  mkdirSync(join(folder, 'home'))
  const [tools] = await Promise.all([installTools(join(folder, 'tools')), packAll(join(folder, 'tarballs'))])
  const { stdout } = await run('npm', ['config', 'get', 'cache'])
  const tarballs = readdirSync(join(folder, 'tarballs')).sort()
  const published = await contents(tarballs.map((file) => join(folder, 'tarballs', file)))
  const registry = await serveRegistry(join(folder, 'tarballs'))
  try {
    await runAll({ folder, registry: registry.url, tools, npmCache: stdout.trim() })
  } finally {
    registry.close()
  }
  if (chosen.length === projects.length) await freshClone()
  const failed = [...results.values()].filter((failure) => failure !== undefined).length
  console.log(`${results.size - failed} passed, ${failed} failed`)
  if (failed > 0 || results.size === 0) process.exitCode = 1
  if (values['write-docs']) writeDocs(published)
} finally {
  if (values.keep) console.log(folder)
  else rmSync(folder, { recursive: true, force: true })
}
