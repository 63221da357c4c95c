// Mutants of core's most exposed rooms, which the tests that need no server must not pass: Stryker, over all of them or a sample.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '../fuzz/random.ts'
import { root } from '../support/processes.ts'

const rooms = ['schemes', 'receiver', 'dedupe', 'inbox/worker']
/** Lines that are chosen together, since a mutant may have several. */
const windowLines = 10

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    room: { type: 'string', multiple: true, default: rooms },
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const random = createRandom(Number(values.seed))
const share = Number(values.sample)
if (!(share > 0)) throw new TypeError('--sample must be a share of the lines, such as 0.1')
const mutated = values.room.flatMap((room) => filesOf(`packages/core/src/${room}`).flatMap(windowsOf))
console.log(
  `Node ${process.version}, seed ${values.seed}, ${share} of the lines of ${values.room.join(', ')}`,
)
const { status } = spawnSync('npx', ['stryker', 'run', '--mutate', mutated.join(',')], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1

function filesOf(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${folder}/${name}`)
}

function windowsOf(file: string): string[] {
  if (share >= 1) return [file]
  const lines = readFileSync(join(root, file), 'utf8').split('\n').length
  const windows: string[] = []
  for (let from = 1; from <= lines; from += windowLines) {
    if (random.chance(share)) windows.push(`${file}:${from}-${Math.min(from + windowLines - 1, lines)}`)
  }
  return windows
}
