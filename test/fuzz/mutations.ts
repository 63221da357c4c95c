import type { Schemes } from '@acuse/core'
import { type Base, createBase, type Draft, mustVerify, toRequest } from './cases.ts'
import { createRandom, type Random, seedOf } from './random.ts'
import { mutationGroups } from './request-mutations.ts'
import { createSubjects, type Subject } from './subjects.ts'

/** The outcome of one mutated request. */
interface Mutated {
  readonly scheme: string
  readonly mutation: string
  readonly accepted: boolean
  /** The signed content or the signature differs. Otherwise it must verify. */
  readonly mustRefuse: boolean
  readonly threw: boolean
  /** The request and the answer, to print. */
  readonly example: () => string
}

/** The totals of all of them. */
export interface Totals {
  count: number
  /** Of which nothing that counts was changed: these must verify. */
  unchanged: number
  falseAccepts: number
  falseRefusals: number
  thrown: number
  readonly byScheme: Record<string, number>
  /** False accepts, false refusals and throws by scheme and mutation. */
  readonly failures: Record<string, number>
  /** The first of them. */
  firstFailure: string | undefined
}

/** Makes mutated requests and judges the answers. */
export interface Fuzzer {
  next(): Mutated
  /** Makes `count` more, and gives the totals of all so far. */
  run(count: number): Totals
}

const casesPerBase = 50

/** The same seed makes the same cases, but for the asymmetric keys, which no seed can make. */
export function createFuzzer({ seed }: { readonly seed: number }): Fuzzer {
  const subjects = createSubjects(createRandom(seedOf(seed, -1)))
  const lots = subjects.flatMap((subject) => Array.from({ length: subject.weight }, () => subject))
  const bases = new Map<Subject, { base: Base; left: number }>()
  const byScheme = Object.fromEntries(subjects.map(({ name }) => [name, 0]))
  const totals: Totals = {
    count: 0,
    unchanged: 0,
    falseAccepts: 0,
    falseRefusals: 0,
    thrown: 0,
    byScheme,
    failures: {},
    firstFailure: undefined,
  }

  function baseOf(subject: Subject, random: Random): Base {
    const held = bases.get(subject)
    if (held && held.left-- > 0) return held.base
    const base = createBase(subject, subjects, random)
    const verdict = subject.scheme.verify(toRequest(draftOf(base)))
    if ('code' in verdict) throw new Error(`${subject.name} refuses what it signed: ${verdict.code}`)
    bases.set(subject, { base, left: casesPerBase - 1 })
    return base
  }

  function next(): Mutated {
    const random = createRandom(seedOf(seed, totals.count))
    const base = baseOf(random.pick(lots), random)
    const mutated = judge(base, random)
    count(totals, mutated)
    return mutated
  }

  return {
    next,
    run(more) {
      for (let made = 0; made < more; made++) next()
      return totals
    },
  }
}

const draftOf = ({ headers, body }: Base): Draft => ({
  headers: headers.map(([name, value]) => [name, value]),
  body,
})

function judge(base: Base, random: Random): Mutated {
  const draft = draftOf(base)
  const names: string[] = []
  // Mostly one: two may hide one another, but now and then they meet where one alone does not.
  for (let left = random.chance(0.85) ? 1 : 2 + random.below(2); left > 0; left--) {
    const [name, mutate] = random.pick(random.pick(mutationGroups))
    names.push(name)
    mutate(draft, random, base)
  }
  const { scheme, name } = base.subject
  const request = toRequest(draft)
  let answer: Schemes.Verdict | Error
  try {
    // The grammar, checked before the body is read, must let pass what verifies.
    answer = scheme.check(request.headers) ?? scheme.verify(request)
    const verdict = scheme.verify(request)
    if ('code' in answer && 'keyId' in verdict) answer = verdict
    // Explaining is for operators, but what it explains comes from anybody.
    if (random.chance(0.01)) scheme.diagnose(request)
  } catch (error) {
    answer = error as Error
  }
  return {
    scheme: name,
    mutation: names.join(' + '),
    accepted: !(answer instanceof Error) && 'keyId' in answer,
    mustRefuse: !mustVerify(base, draft),
    threw: answer instanceof Error,
    example: () => describe(base, draft, answer),
  }
}

function describe(base: Base, draft: Draft, answer: Schemes.Verdict | Error): string {
  const shown = answer instanceof Error ? (answer.stack ?? answer.message) : answer
  return JSON.stringify(
    {
      answer: shown,
      signed: { headers: base.headers, body: base.body.toString('hex') },
      sent: { headers: draft.headers, body: draft.body.toString('hex') },
    },
    undefined,
    2,
  )
}

function count(totals: Totals, { scheme, mutation, accepted, mustRefuse, threw, example }: Mutated): void {
  totals.count++
  totals.byScheme[scheme] = (totals.byScheme[scheme] ?? 0) + 1
  if (!mustRefuse) totals.unchanged++
  if (!threw && accepted !== mustRefuse) return
  const kind = threw ? 'thrown' : mustRefuse ? 'falseAccepts' : 'falseRefusals'
  totals[kind]++
  const key = `${kind}: ${scheme}, ${mutation}`
  totals.failures[key] = (totals.failures[key] ?? 0) + 1
  totals.firstFailure ??= `case ${totals.count - 1}, ${key}\n${example()}`
}
