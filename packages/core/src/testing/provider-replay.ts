import assert from 'node:assert/strict'
import { raised } from '../lib/repeated-delivery.ts'
import type { Provider } from '../model/provider.ts'
import { conditionsOf } from '../receiver/read-rules.ts'
import { type Captured, withHeaders } from './captured.ts'
import {
  assertAccepted,
  assertDuplicate,
  assertNotNew,
  assertRan,
  toleranceFor,
  wordOf,
} from './provider-bench.ts'
import { later, type ProviderChecks, type ProviderStage } from './provider-stage.ts'
import { proofHeadersOf } from './provider-subject.ts'
import { sentAgain } from './sent-again.ts'

/** The time after which a sender may come again at once. */
const soonMs = 60_000

export const replayChecks: ProviderChecks = {
  'signature: runs a captured request once, whatever is said where nobody signs': async (stage) => {
    const all = await captures(stage)
    for (const { event, captured } of all) {
      const bench = stage.bench()
      const ids = assertAccepted(await bench.send(captured), event)
      for (const [what, variant] of variantsOf(stage.provider, captured, all))
        assertNotNew(await bench.send(variant), `${event} ${what}`)
      await assertRan(bench, ids, event)
    }
  },
  'signature: runs no more of it when the invented ones come first': async (stage) => {
    const all = await captures(stage)
    for (const { event, captured } of all) {
      const ids = assertAccepted(await stage.bench().send(captured), event)
      const bench = stage.bench()
      for (const [what, variant] of [
        ...variantsOf(stage.provider, captured, all),
        ['itself', captured] as const,
      ]) {
        const outcome = await bench.send(variant)
        assert.ok(outcome.status < 500, `${event} ${what}: must be answered, not ${wordOf(outcome)}`)
      }
      const ran = await bench.ran()
      assert.ok(ran.length <= ids.length, `${event}: must run ${ids.length} times at most, not ${ran.length}`)
    }
  },
  'time: takes what was signed at the bounds of the tolerance, and refuses what was signed beyond': async (
    stage,
  ) => {
    const { pastMs, futureMs } = toleranceFor(stage.provider)
    for (const sample of await stage.samples()) {
      for (const [ms, code] of [
        [-pastMs, 'time-past'],
        [futureMs, 'time-future'],
      ] as const) {
        const atBound = stage.sent(sample, later(stage.now, ms))
        assertAccepted(await stage.bench().send(atBound), `${sample.event}, signed ${ms} ms from now`)
        const beyond = ms + Math.sign(ms) * 1_000
        const bench = stage.bench()
        const outcome = await bench.send(stage.sent(sample, later(stage.now, beyond)))
        assert.equal(wordOf(outcome), `401 ${code}`, `${sample.event}, signed ${beyond} ms from now`)
        await assertRan(bench, [], sample.event)
      }
    }
  },
  'retry: takes a retry of its sender for a duplicate, up to the last': async (stage) => {
    // It ends then, and comes before.
    const lastMs = Math.max(soonMs, (stage.provider.limits?.retriesForMs ?? 0) - 1_000)
    for (const sample of await stage.samples()) {
      const bench = stage.bench()
      const first = stage.sent(sample)
      const ids = assertAccepted(await bench.send(first), sample.event)
      bench.clock.advance(soonMs)
      const what = `${sample.event}, sent again after ${soonMs} ms`
      assertDuplicate(await bench.send(sentAgain(stage, sample, first, { afterMs: soonMs })), what)
      bench.clock.advance(lastMs - soonMs)
      const last = await bench.send(sentAgain(stage, sample, first, { afterMs: lastMs }))
      assertDuplicate(last, `${sample.event}, sent again after ${lastMs} ms`)
      await assertRan(bench, ids, sample.event)
    }
  },
  'volatile: takes a copy whose volatile fields say something else for a duplicate': async (stage) => {
    for (const sample of await stage.samples()) {
      const bench = stage.bench()
      const first = stage.sent(sample)
      const ids = assertAccepted(await bench.send(first), sample.event)
      const change = (payload: object) => raised({ ...payload }, stage.volatile, later(stage.now, 1_000))
      const copy = sentAgain(stage, sample, first, { change })
      assertDuplicate(await bench.send(copy), `${sample.event}, its volatile fields raised`)
      await assertRan(bench, ids, sample.event)
    }
  },
}

interface NamedCapture {
  readonly event: string
  readonly captured: Captured
}

async function captures(stage: ProviderStage): Promise<readonly NamedCapture[]> {
  return (await stage.samples()).map((sample) => ({ event: sample.event, captured: stage.sent(sample) }))
}

/** Headers that senders tell types, ids and times in. */
const usualHeaders = [
  'content-type',
  'idempotency-key',
  'webhook-id',
  'x-request-id',
  'x-event-id',
  'x-event-type',
  'x-delivery-id',
  'x-timestamp',
  'x-webhook-version',
]
const mediaTypes = ['application/json', 'application/x-www-form-urlencoded', 'text/plain']

type Variant = readonly [what: string, captured: Captured]

/** A captured request as somebody without the key may send it: what nobody signs is invented, or another request's. */
function variantsOf(
  provider: Provider<object>,
  captured: Captured,
  others: readonly NamedCapture[],
): readonly Variant[] {
  const proof = proofHeadersOf(provider)
  const names = [...new Set([...Object.keys(captured.headers), ...namedHeaders(provider), ...usualHeaders])]
  const unsigned = names.filter((name) => !proof.includes(name))
  const one = unsigned.flatMap((name): Variant[] => [
    [`without ${name}`, withHeaders(captured, { [name]: undefined })],
    ...inventions(name, others).map(
      (value): Variant => [`with ${name}: ${value}`, withHeaders(captured, { [name]: value })],
    ),
  ])
  const all = Array.from({ length: 20 }, (): Variant => {
    const invented = unsigned
      .filter((name) => name !== 'content-type')
      .map((name) => [name, crypto.randomUUID()])
    return ['with invented headers', withHeaders(captured, Object.fromEntries(invented))]
  })
  return [...one, ...all, ...queryVariants(captured, others)]
}

function inventions(name: string, others: readonly NamedCapture[]): readonly string[] {
  if (name === 'content-type') return mediaTypes
  const theirs = others.flatMap(({ captured }) => captured.headers[name] ?? []).map(String)
  return [...new Set(theirs), crypto.randomUUID(), '1']
}

/** Headers that the provider reads a type, an id or a time from, exposes, or has repeat a field. */
function namedHeaders({
  expose = [],
  eventRules = [],
  repeats = {},
  time,
}: Provider<object>): readonly string[] {
  const values = eventRules.flatMap((rule) => [
    ...conditionsOf(rule.when),
    ...rule.type,
    ...(rule.version ? [rule.version] : []),
    ...(rule.idempotencyKey ?? []),
  ])
  const read = [...values, ...(time?.value ? [time.value] : [])].flatMap((value) =>
    'header' in value ? [value.header] : [],
  )
  return [...expose, ...read, ...Object.keys(repeats)].map((name) => name.toLowerCase())
}

function queryVariants(captured: Captured, others: readonly NamedCapture[]): readonly Variant[] {
  const own = new URLSearchParams(captured.query)
  const theirs = others.flatMap((other) => [...new URLSearchParams(other.captured.query)])
  const changes = [...own.keys(), 'id', 'type'].map((name): readonly [string, string] => [
    name,
    crypto.randomUUID(),
  ])
  return [...theirs, ...changes].flatMap(([name, value]): Variant[] => {
    const changed = new URLSearchParams(own)
    changed.set(name, value)
    const added = new URLSearchParams(own)
    added.append(name, value)
    return [
      [`with ?${name}=${value}`, { ...captured, query: changed.toString() }],
      [`with ${name}=${value} added`, { ...captured, query: added.toString() }],
    ]
  })
}
