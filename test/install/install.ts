// Fresh projects that install the packed packages: each receives a signed delivery and refuses a forged one.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from '../support/processes.ts'
import { packAll } from './pack.ts'
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
for (const name of only) if (!known.has(name)) throw new TypeError(`There is no project ${name}: ${[...known].join(', ')}`)
const chosen = projects.filter(({ name, short: inShort }) =>
  only.length > 0 ? only.includes(name) : inShort || !short,
)
const folder = mkdtempSync(join(tmpdir(), 'acuse-install-'))
let [passed, failed] = [0, 0]

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
  console.log(`${failure === undefined ? 'passed' : 'FAILED'} ${project.name.padEnd(28)} ${project.what} (${seconds} s)`)
  if (failure !== undefined) console.log(failure.slice(-4_000))
  if (failure === undefined) passed++
  else failed++
  if (!values.keep) for (const each of [project.name, `${project.name}-alone`]) rmSync(join(folder, each), { recursive: true, force: true })
}

try {
  mkdirSync(join(folder, 'home'))
  const [tools] = await Promise.all([installTools(join(folder, 'tools')), packAll(join(folder, 'tarballs'))])
  const { stdout } = await run('npm', ['config', 'get', 'cache'])
  const registry = await serveRegistry(join(folder, 'tarballs'))
  try {
    await runAll({ folder, registry: registry.url, tools, npmCache: stdout.trim() })
  } finally {
    registry.close()
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} finally {
  if (values.keep) console.log(folder)
  else rmSync(folder, { recursive: true, force: true })
}
