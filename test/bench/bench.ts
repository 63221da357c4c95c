// Everything that is claimed about speed, measured side by side: `pnpm bench` (at most 8 minutes), `pnpm bench --quick` (a minute).
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundled } from '../support/bundled.ts'
import { root, run } from '../support/processes.ts'
import { provide, services } from '../support/services.ts'
import { type Form, type Results, readerOf, type SectionResult } from './figures.ts'
import { goals, judge, summary, toLine } from './goals.ts'
import { pinnedTo } from './machine.ts'
import { publishTables } from './tables.ts'

const sectionNames = ['verify', 'receive', 'http', 'latency', 'worker', 'memory', 'start'] as const
/** For how long a section may repeat what was disturbed, in milliseconds; the quick form only says so. */
const repeatForMs = { quick: 0, long: 15_000 }
const loadGenerator = { commands: ['wrk'], package: 'wrk', isOptional: true }
const folder = fileURLToPath(new URL('.', import.meta.url))

function options() {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [''] },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      json: { type: 'string', default: join(folder, 'results/latest.json') },
      publish: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed)
  if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
  const chosen = sectionNames.filter((name) => values.only.some((start) => name.startsWith(start)))
  if (chosen.length === 0) throw new TypeError(`--only must begin one of ${sectionNames.join(', ')}`)
  const form: Form = values.quick ? 'quick' : 'long'
  // From where the command was typed, which is not where pnpm runs it.
  const json = resolve(process.env['INIT_CWD'] ?? '.', values.json)
  return { form, seed, chosen, json, publish: values.publish }
}

/** A process of its own, so that no section runs in what another left of the heap and of compiled code. */
async function runSection(name: string, form: Form, seed: number): Promise<SectionResult> {
  const args = [name, form, String(seed), String(repeatForMs[form])]
  const [command = process.execPath, ...words] = [...pinnedTo(1), process.execPath]
  const child = fork(bundled(join(folder, 'section.ts')), args, {
    cwd: join(root, 'test'),
    execPath: command,
    // Collections between rounds make V8 forget code that waits for its turn.
    execArgv: [...words, '--expose-gc', '--no-flush-bytecode'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let result: SectionResult | undefined
  child.on('message', (message) => {
    // The program that sends it is ours.
    result = message as SectionResult
  })
  const [code] = await once(child, 'exit')
  if (result === undefined) throw new Error(`The section ${name} ended with ${code}`)
  return result
}

async function main({ form, seed, chosen, json, publish }: ReturnType<typeof options>): Promise<void> {
  await provide([...services, loadGenerator])
  await run('npx', ['-y', 'pnpm@10.34.9', 'build'], { cwd: root })
  const cpu = cpus()[0]?.model ?? 'unknown CPU'
  const startedAt = new Date().toISOString()
  const start = performance.now()
  console.log(`Node ${process.version}, ${cpu} x ${cpus().length}, seed ${seed}, ${form} form, ${startedAt}`)
  console.log(
    'median of the rounds, p99 of the rounds, N calls; x: against the floor of its group (quartiles)',
  )
  const parts: SectionResult[] = []
  for (const name of chosen) {
    const at = performance.now()
    parts.push(await runSection(name, form, seed))
    console.log(`${name} took ${((performance.now() - at) / 1e3).toFixed(1)} s\n`)
  }
  const results: Results = {
    node: process.version,
    cpu,
    cores: cpus().length,
    seed,
    form,
    startedAt,
    tookMs: Math.round(performance.now() - start),
    figures: parts.flatMap(({ figures }) => figures),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  }
  write(json, results)
  if (publish) {
    write(join(root, 'docs/figures/performance.json'), results)
    publishTables(results)
  }
  const verdicts = goals.map((goal) => judge(goal, readerOf(results)))
  for (const verdict of verdicts) console.log(toLine(verdict))
  console.log(summary(verdicts))
}

function write(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true })
  const shortened = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
  writeFileSync(file, `${JSON.stringify(results, shortened, 1)}\n`)
}

try {
  await main(options())
} catch (error) {
  console.error(error)
  process.exitCode = 2
}
