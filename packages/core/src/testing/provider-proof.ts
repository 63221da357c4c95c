import assert from 'node:assert/strict'
import { coveredBy } from '../lib/parts.ts'
import type { Provider } from '../model/provider.ts'
import { bitsOf, type Captured, flipBit, flipBitOfText, withHeaders, withParameter } from './captured.ts'
import {
  assertAccepted,
  assertDuplicate,
  assertNotNew,
  assertRan,
  assertUnproven,
  type ProviderBench,
} from './provider-bench.ts'
import type { ProviderChecks, ProviderStage } from './provider-stage.ts'
import { proofHeadersOf } from './provider-subject.ts'
import { sentAgain } from './sent-again.ts'

/** Bits of the first sample, and of each other. */
const mostBits = 4_096
const someBits = 256

export const proofChecks: ProviderChecks = {
  'headers: refuses each change of one bit of a header of its proof': async (stage) => {
    for (const { bench, captured, event, ids, most } of await accepted(stage)) {
      for (const [name, value] of proofHeaders(stage.provider, captured)) {
        for (const bit of bitsOf(value.length, most)) {
          const flipped = flipBitOfText(value, bit)
          const what = `${event}, bit ${bit} of ${name}`
          await assertRefused(bench, withHeaders(captured, { [name]: flipped }), {
            what,
            from: value,
            to: flipped,
          })
        }
      }
      await assertRan(bench, ids, event)
    }
  },
  'signature: accepts no change of one bit of the body': async (stage) => {
    const isWhole = signsAllBytes(stage.provider)
    for (const { bench, captured, event, ids, most } of await accepted(stage)) {
      for (const bit of bitsOf(captured.body.byteLength, most)) {
        const outcome = await bench.send({ ...captured, body: flipBit(captured.body, bit) })
        const assertOutcome = isWhole ? assertUnproven : assertNotNew
        assertOutcome(outcome, `${event}, bit ${bit} of the body`)
      }
      await assertRan(bench, ids, event)
    }
  },
  'parameters: refuses each change of one bit of a parameter that is proven': async (stage) => {
    const isProven = provenParameters(stage)
    for (const { bench, captured, event, ids, most } of await accepted(stage)) {
      for (const [name, value] of new URLSearchParams(captured.query)) {
        if (!isProven(name)) continue
        for (const bit of bitsOf(value.length, most)) {
          const flipped = flipBitOfText(value, bit)
          const what = `${event}, bit ${bit} of the parameter ${name}`
          await assertRefused(bench, withParameter(captured, name, flipped), {
            what,
            from: value,
            to: flipped,
          })
        }
      }
      await assertRan(bench, ids, event)
    }
  },
  'headers: refuses a request without one of the headers of its proof': async (stage) => {
    for (const { bench, captured, event } of await accepted(stage)) {
      for (const [name] of proofHeaders(stage.provider, captured)) {
        assertUnproven(
          await bench.send(withHeaders(captured, { [name]: undefined })),
          `${event} without ${name}`,
        )
        assertUnproven(
          await bench.send(withHeaders(captured, { [name]: '' })),
          `${event} with an empty ${name}`,
        )
      }
    }
  },
  'headers: refuses a request with one of those headers twice': async (stage) => {
    for (const { bench, captured, event } of await accepted(stage)) {
      for (const [name, value] of proofHeaders(stage.provider, captured)) {
        const other = flipBitOfText(value, 0)
        for (const both of [
          [value, value],
          [value, other],
          [other, value],
        ])
          assertUnproven(
            await bench.send(withHeaders(captured, { [name]: both })),
            `${event} with ${name} twice`,
          )
      }
    }
  },
  'stranger: refuses what another key has proven': async (stage) => {
    const bench = stage.bench()
    for (const sample of await stage.samples())
      assertUnproven(await bench.send(stage.sent(sample, stage.now, 1)), sample.event)
    assert.equal(bench.touched, 0, 'nothing of a stranger may reach the inbox')
  },
  'rotation: takes what either of two keys has proven, an event of both once': async (stage) => {
    for (const sample of await stage.samples()) {
      const bench = stage.bench({ keys: 'both' })
      const { event } = sample
      const first = stage.sent(sample)
      const ids = assertAccepted(await bench.send(first), `${event}, by the first of two keys`)
      const again = sentAgain(stage, sample, first, { which: 1 })
      assertDuplicate(await bench.send(again), `${event}, by the second key`)
      await assertRan(bench, ids, event)
      const next = stage.bench({ keys: 1 })
      assertAccepted(
        await next.send(stage.sent(sample, stage.now, 1)),
        `${event}, by the key that replaced it`,
      )
      assertUnproven(await next.send(stage.sent(sample)), `${event}, by the key that was replaced`)
    }
  },
}

/** A sample that was accepted, and the receiver that did. */
interface AcceptedSample {
  readonly bench: ProviderBench
  readonly event: string
  readonly captured: Captured
  readonly ids: readonly string[]
  /** How many bits of a part of it are flipped. */
  readonly most: number
}

async function accepted(stage: ProviderStage): Promise<readonly AcceptedSample[]> {
  const all: AcceptedSample[] = []
  for (const sample of await stage.samples()) {
    const bench = stage.bench()
    const captured = stage.sent(sample)
    const { event } = sample
    const ids = assertAccepted(await bench.send(captured), event)
    all.push({ bench, event, captured, ids, most: all.length === 0 ? mostBits : someBits })
  }
  return all
}

/** A text that means the same in another case may be a copy; any other is not proven. */
async function assertRefused(
  bench: ProviderBench,
  changed: Captured,
  { what, from, to }: { readonly what: string; readonly from: string; readonly to: string },
): Promise<void> {
  const { touched } = bench
  const outcome = await bench.send(changed)
  if (from.toLowerCase() === to.toLowerCase()) return assertNotNew(outcome, what)
  assertUnproven(outcome, what)
  assert.equal(bench.touched, touched, `${what}: must not reach the inbox`)
}

/** The headers that prove a request, and that it has. */
function proofHeaders(
  provider: Provider<object>,
  { headers }: Captured,
): readonly (readonly [name: string, value: string])[] {
  return proofHeadersOf(provider).flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
}

/** Whether a change of one bit of the body always shows. */
function signsAllBytes({ scheme }: Provider<object>): boolean {
  return scheme.signs.some((part) => 'raw' in part && part.raw !== 'sorted-form')
}

/** Whether a parameter carries the key, or is signed. */
function provenParameters(stage: ProviderStage): (name: string) => boolean {
  const covered = coveredBy(stage.provider.scheme)
  const keys = Object.keys(stage.sender().scheme.signQuery?.() ?? {})
  return (name) => keys.includes(name) || covered.isSigned({ query: name })
}
