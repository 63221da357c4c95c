// Fresh projects that install the packed packages: each receives a signed delivery and refuses a forged one.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from '../support/processes.ts'
import { killAll } from './command.ts'
import { dryRun, findFaults, type Published } from './contents.ts'
import { packAll, packFreshClone } from './pack.ts'
import type { Project } from './project.ts'
import { projects } from './projects.ts'
import { serveRegistry } from './registry.ts'
import { readResults, writePages, writeResults } from './results.ts'
import { type Places, runProject } from './run-project.ts'
import { installTools } from './tools.ts'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    results: { type: 'string' },
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
const results = readResults(values.results)
let [passed, failed] = [0, 0]

/** What would be published: a line each, and a failure for what must not be in it, or is not. */
async function tellContents(tarballs: readonly string[]): Promise<readonly Published[]> {
  const none = join(folder, 'none')
  mkdirSync(none, { recursive: true })
  const nothing = await serveRegistry(none)
  const all: Published[] = []
  try {
    for (const tarball of tarballs) {
      const published = await dryRun(tarball, nothing.url)
      const { name, entryCount, size, unpackedSize } = published
      const faults = findFaults(published)
      console.log(
        `${faults.length === 0 ? 'passed' : 'FAILED'} ${name}: ${entryCount} files, ${size} bytes packed, ${unpackedSize} unpacked`,
      )
      for (const fault of faults) console.log(`  ${fault}`)
      count(faults.length === 0)
      all.push(published)
    }
  } finally {
    nothing.close()
  }
  return all
}

/** Nothing has been built in a fresh clone: packing does. */
async function tellFreshClone(): Promise<void> {
  try {
    await tellContents([await packFreshClone(folder)])
  } catch (error) {
    console.log(`FAILED a fresh clone cannot be packed: ${(error as Error).message}`)
    count(false)
  }
}

function count(holds: boolean): void {
  if (holds) passed++
  else failed++
}

async function npmConfig(): Promise<{ cache: string; registry: string }> {
  const get = async (name: string): Promise<string> =>
    (await run('npm', ['config', 'get', name])).stdout.trim()
  return { cache: await get('cache'), registry: await get('registry') }
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
    () => null,
    (error: Error) => error.message,
  )
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(
    `${failure === null ? 'passed' : 'FAILED'} ${project.name.padEnd(28)} ${project.what} (${seconds} s)`,
  )
  if (failure !== null) console.log(failure.slice(-4_000))
  results.set(project.name, failure)
  count(failure === null)
  if (values.results !== undefined) writeResults(values.results, results)
  if (!values.keep)
    for (const each of [project.name, `${project.name}-alone`])
      rmSync(join(folder, each), { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    killAll()
    rmSync(folder, { recursive: true, force: true })
    process.exit(1)
  })

try {
  const { cache, registry: usual } = await npmConfig()
  mkdirSync(join(folder, 'home'))
  writeFileSync(join(folder, 'home/.npmrc'), `registry=${usual}\n`)
  const [tools] = await Promise.all([installTools(join(folder, 'tools')), packAll(join(folder, 'tarballs'))])
  const tarballs = readdirSync(join(folder, 'tarballs')).sort()
  const published = await tellContents(tarballs.map((file) => join(folder, 'tarballs', file)))
  const registry = await serveRegistry(join(folder, 'tarballs'))
  try {
    await runAll({ folder, registries: { ours: registry.url, usual }, tools, npmCache: cache })
  } finally {
    registry.close()
  }
  if (chosen.length === projects.length) await tellFreshClone()
  if (values['write-docs']) writePages(results, published)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} finally {
  if (values.keep) console.log(folder)
  else rmSync(folder, { recursive: true, force: true })
}
