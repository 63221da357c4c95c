// Does the time of a refusal tell where a wrong signature first differs? As dudect asks it: eprint.iacr.org/2016/1123.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createRandom, type Random } from '../fuzz/random.ts'
import { measure } from './measure.ts'
import { controlTarget, schemeTargets, type Target } from './targets.ts'

const maxSchemeT = 4.5
const minControlT = 10

interface Row {
  readonly t: number
  readonly line: string
}

function options() {
  const { values } = parseArgs({
    // `pnpm timing -- --n 1000` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      n: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      scheme: { type: 'string', multiple: true, default: Object.keys(schemeTargets) },
    },
  })
  const n = Number(values.n)
  const seed = Number(values.seed)
  const unknown = values.scheme.find((name) => !Object.hasOwn(schemeTargets, name))
  if (!Number.isInteger(n) || n < 1_000) throw new TypeError('--n must be a whole number from 1000')
  if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
  if (unknown) throw new TypeError(`--scheme must be one of ${Object.keys(schemeTargets).join(', ')}`)
  return { n, seed, schemes: values.scheme }
}

function row<Item>(target: Target<Item>, n: number, random: Random, verdict: (t: number) => string): Row {
  const start = performance.now()
  const { t, difference, median } = measure(target, n, random)
  const cells = [
    target.name.padEnd(13),
    String(n).padStart(11),
    String(target.repeats).padStart(7),
    (median / 1e3).toFixed(3).padStart(9),
    difference.toFixed(2).padStart(13),
    t.toFixed(2).padStart(7),
    verdict(t).padEnd(17),
    `${((performance.now() - start) / 1e3).toFixed(0)} s`.padStart(5),
  ]
  return { t, line: cells.join('  ') }
}

function main({ n, seed, schemes }: ReturnType<typeof options>): number {
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'} x ${cpus().length}, seed ${seed}`,
  )
  console.log('Beside the median of each 200 pairs; the slowest 10 % of both classes together left out.')
  console.log(
    'scheme         N per class  repeats  median us  first-last ns       t  verdict            took',
  )
  const control = row(controlTarget, n, createRandom(seed), (t) =>
    Math.abs(t) > minControlT ? 'leaks, as it must' : 'unseen',
  )
  console.log(control.line)
  const leaks: string[] = []
  for (const name of schemes) {
    const random = createRandom(seed)
    const target = schemeTargets[name]?.(random) as Target<unknown>
    const { t, line } = row(target, n, random, (value) =>
      Math.abs(value) < maxSchemeT ? 'constant' : 'LEAKS',
    )
    if (!(Math.abs(t) < maxSchemeT)) leaks.push(name)
    console.log(line)
  }
  if (leaks.length > 0) {
    console.log(
      `|t| is ${maxSchemeT} or more: ${leaks.join(', ')}. A refusal's time tells where a signature differs`,
    )
    return 1
  }
  if (Math.abs(control.t) > minControlT) return 0
  console.log(
    `The control's |t| is not above ${minControlT}: this machine is too noisy to tell. Run it again, or raise --n`,
  )
  return 2
}

try {
  process.exitCode = main(options())
} catch (error) {
  // Not 1, which says that a scheme leaks.
  console.error(error)
  process.exitCode = 2
}
