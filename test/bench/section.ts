// One section, in a process of its own: `section.ts NAME FORM SEED REPEAT_FOR_MS`. Prints its groups, and sends its figures to its parent.
import type { Figure, Form, LeftOut } from './figures.ts'
import { httpSection } from './http.ts'
import { latencySection } from './latency.ts'
import { createMachine, tolerated } from './machine.ts'
import { measureGroup, wallOverCpu } from './measure.ts'
import { memorySection } from './memory.ts'
import { printFigures } from './print.ts'
import { receiveSection } from './receive.ts'
import type { Bench, Section } from './sections.ts'
import { startSection } from './start.ts'
import { verifySection } from './verify.ts'
import { workerSection } from './worker.ts'

const sections: readonly Section[] = [
  verifySection,
  receiveSection,
  httpSection,
  latencySection,
  workerSection,
  memorySection,
  startSection,
]
const efforts = {
  quick: { rounds: 5, roundMs: 20, warmUpMs: 150 },
  long: { rounds: 11, roundMs: 40, warmUpMs: 300 },
}

const [name, given, seed, repeatForMs] = process.argv.slice(2)
const form: Form = given === 'quick' ? 'quick' : 'long'
const figures: Figure[] = []
const leftOut: LeftOut[] = []
const machine = createMachine(performance.now() + Number(repeatForMs))

function add(...added: readonly Figure[]): void {
  figures.push(...added)
  printFigures(added)
}

const bench: Bench = {
  form,
  machine,
  effort: { ...efforts[form], firstTurn: Number(seed) },
  async group(id, candidates, effort) {
    const { result, disturbed } = await machine.quietly(
      () => measureGroup(id, candidates, effort),
      (measured) => wallOverCpu(measured) > 1 + tolerated,
    )
    add(...result.map((figure) => (disturbed ? { ...figure, disturbed } : figure)))
  },
  add,
  leaveOut(one) {
    leftOut.push(one)
    console.log(`left out: ${one.id}, because ${one.why}`)
  },
}

const section = sections.find((each) => each.name === name)
if (section === undefined) throw new TypeError(`There is no section ${name}`)
await section.run(bench)
process.send?.({ figures, leftOut }, () => process.exit(0))
