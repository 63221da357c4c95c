import { createRandom, type Random, seedOf } from '../random.ts'
import { createEndpoint, type Endpoint } from './endpoint.ts'
import { copyOf, delivery, type Genuine, greeting, type Sample, samplesOf } from './genuine.ts'
import { judge } from './judge.ts'
import { forgingGroups, type ProviderMutation, type Sources, sendingGroups } from './mutations.ts'
import { headersOf, type ProviderDraft } from './seen.ts'
import type { Sender } from './sender.ts'
import { createSenders } from './senders.ts'
import { count, describe, emptyTotals, fail, type ProviderTotals } from './totals.ts'

/** Mutates requests of every provider, and judges the answers of whole receivers. */
export interface ProviderFuzzer {
  /** Makes `count` more, and gives the totals of all so far. */
  run(count: number): Promise<ProviderTotals>
  /** Ends what is still running. */
  close(): Promise<void>
}

/** Options of {@link createProviderFuzzer}. */
export interface ProviderFuzzerOptions {
  readonly seed: number
  /** Which senders, changed perhaps. Default: all, as they are. */
  readonly only?: (all: readonly Sender[]) => readonly Sender[]
}

/** By `Request`, which costs more than all the rest. */
const fetchShare = 0.1
const casesPerBase = 50
const basesPerEndpoint = 40
const startAt = Date.parse('2026-11-27T12:00:00Z')

/** A sender, its receiver, and the genuine requests of now. */
interface Bench {
  readonly sender: Sender
  readonly samples: readonly Sample[]
  endpoint: Endpoint
  bases: number
  left: number
  now: number
  genuine: Genuine
  sources: Sources
}

/** The same seed makes the same cases, but for key pairs and for ids that providers make of chance. */
export async function createProviderFuzzer({ seed, only }: ProviderFuzzerOptions): Promise<ProviderFuzzer> {
  const all = createSenders(createRandom(seedOf(seed, -1)))
  const senders = only?.(all) ?? all
  const benches = await Promise.all(senders.map(toBench))
  const lots = benches.flatMap((bench) => Array.from({ length: bench.sender.weight ?? 10 }, () => bench))
  const totals = emptyTotals(senders.map(({ name }) => name))
  return {
    async run(more) {
      for (let made = 0; made < more; made++) {
        const random = createRandom(seedOf(seed, totals.count))
        const bench = random.pick(lots)
        if (bench.left-- <= 0) await renew(bench, totals, random)
        await mutate(bench, totals, random)
      }
      if (Object.keys(Object.prototype).length > 0)
        fail(totals, 'strangeAnswers', 'Object.prototype was changed', '')
      return totals
    },
    close: async () => {
      for (const bench of benches) await end(bench, totals)
    },
  }
}

async function toBench(sender: Sender): Promise<Bench> {
  const samples = await samplesOf(sender)
  const genuine = delivery(sender, samples, new Date(startAt), createRandom(0))
  const sources = sourcesOf(genuine, genuine)
  return {
    sender,
    samples,
    endpoint: createEndpoint(sender),
    bases: 0,
    left: 0,
    now: startAt,
    genuine,
    sources,
  }
}

/** Another genuine request, which must be taken; now and then another receiver. */
async function renew(bench: Bench, totals: ProviderTotals, random: Random): Promise<void> {
  const { sender, samples } = bench
  if (++bench.bases % basesPerEndpoint === 0) {
    await end(bench, totals)
    bench.endpoint = createEndpoint(sender)
  }
  // Another second each time, whose milliseconds are any.
  bench.now += 1_000 + random.below(1_000)
  const at = new Date(bench.now - random.below(60_000))
  bench.left = casesPerBase - 1
  bench.endpoint.setNow(bench.now)
  const isGreeting = sender.greetings !== undefined && random.chance(0.2)
  const other = delivery(sender, samples, new Date(at.getTime() - 1_000), random)
  bench.genuine = isGreeting ? greeting(sender, at, random) : delivery(sender, samples, at, random)
  bench.sources = sourcesOf(bench.genuine, other)
  for (const genuine of [other, bench.genuine]) {
    const draft = copyOf(genuine.request)
    const answered = await bench.endpoint.send(draft, random.chance(0.5))
    const fault = judge(answered, { genuine, isProvenAnew: true, now: bench.now })
    if (fault === undefined && answered.status < 300) continue
    fail(totals, fault ?? 'falseRefusals', `${sender.name}, genuine`, describe(draft, answered))
  }
}

/** When all is handled: at most one run for each event that was accepted. */
async function end({ sender, endpoint }: Bench, totals: ProviderTotals): Promise<void> {
  await endpoint.receiver.onIdle()
  await endpoint.receiver.close()
  const [runs, accepted] = [endpoint.runs(), endpoint.accepted()]
  if (runs > accepted) fail(totals, 'extraRuns', sender.name, `${runs} runs of ${accepted} events`)
}

function sourcesOf(genuine: Genuine, other: Genuine): Sources {
  const { proof } = genuine.sender
  const subject = proof.shape ?? { header: 'x-none', prefix: '', encoding: 'raw' as const }
  const security = proof.security.flatMap((name) => {
    const [value] = headersOf(genuine.request, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const [text = ''] = headersOf(genuine.request, subject.header)
  const foreign = [...headersOf(other.request, subject.header), 'sha256=00', 'v1,AAAA']
  // Of a header that has other fields too, the proof is what stands last.
  const at = subject.prefix === '' ? 0 : Math.max(0, text.lastIndexOf(subject.prefix))
  const parts = { lead: text.slice(0, at), value: text.slice(at) }
  return { subject, ...parts, foreign, security: new Map(security), other }
}

async function mutate(bench: Bench, totals: ProviderTotals, random: Random): Promise<void> {
  const { sender, genuine, sources, endpoint } = bench
  const isProvenAnew = sender.proof.isSigned && random.chance((sender.weight ?? 10) < 5 ? 0.1 : 0.4)
  const draft = copyOf(isProvenAnew ? genuine.unproven : genuine.request)
  const names = applySome(isProvenAnew ? sendingGroups : forgingGroups, draft, random, sources)
  if (isProvenAnew) {
    // Of another time now and then: it is proven, and stale.
    sender.proof.sign(
      draft,
      new Date(genuine.at.getTime() + (random.chance(0.1) ? random.below(2e6) - 1e6 : 0)),
    )
    if (random.chance(0.05)) names.push(...applySome(forgingGroups, draft, random, sources))
  }
  const key = `${sender.name}, ${names.join(' + ')}${isProvenAnew ? ', proven anew' : ''}`
  try {
    const answered = await endpoint.send(draft, random.chance(fetchShare))
    const fault = judge(answered, { genuine, isProvenAnew, now: bench.now })
    count(totals, sender.name, answered)
    if (fault) fail(totals, fault, key, describe(draft, answered))
    // Explaining is for operators, but what it explains comes from anybody.
    if (random.chance(0.002)) await endpoint.explain(draft)
  } catch (error) {
    count(totals, sender.name, undefined)
    fail(totals, 'thrown', key, describe(draft, error))
  }
}

/** Mostly one: two may hide one another, but now and then they meet where one alone does not. */
function applySome(
  groups: readonly (readonly (readonly [string, ProviderMutation])[])[],
  draft: ProviderDraft,
  random: Random,
  sources: Sources,
): string[] {
  const names: string[] = []
  for (let left = random.chance(0.85) ? 1 : 2 + random.below(2); left > 0; left--) {
    const [name, apply] = random.pick(random.pick(groups))
    names.push(name)
    apply(draft, random, sources)
  }
  return names
}
