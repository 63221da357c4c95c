import assert from 'node:assert/strict'
import type { DeliveryToSign } from '../lib/sign-delivery.ts'
import type { JsonObject } from '../model/json.ts'
import type { WebhookRequest } from '../model/request.ts'
import { explain } from '../receiver/explain.ts'
import { type Captured, toIncoming } from './captured.ts'
import { assertAccepted, benchClock, toleranceFor, wordOf } from './provider-bench.ts'
import { later, type ProviderChecks, type ProviderSample, type ProviderStage } from './provider-stage.ts'

export const acceptChecks: ProviderChecks = {
  'runs each of its samples once, as the event that it is named for': async (stage) => {
    for (const sample of await stage.samples()) {
      const bench = stage.bench()
      const ids = assertAccepted(await bench.send(stage.sent(sample)), sample.event)
      const ran = await bench.ran()
      assert.deepEqual(
        ran.map(({ type, id }) => [type, id]),
        ids.map((id) => [sample.event, id]),
        `${sample.event}: must run once, under that name`,
      )
      assert.deepEqual(bench.undocumented, [], `${sample.event}: must stand in provider.events`)
    }
  },
  'takes two events of one name for two': async (stage) => {
    for (const sample of await stage.samples()) {
      const bench = stage.bench()
      assertAccepted(await bench.send(stage.sent(sample)), sample.event)
      const another = stage.sent(sample, later(stage.now, 1_000))
      assertAccepted(await bench.send(another), `${sample.event}, stamped a second later`)
      assert.equal(new Set((await bench.ran()).map(({ id }) => id)).size, (await bench.ran()).length)
    }
  },
  'explains nothing of what it accepted': async (stage) => {
    for (const sample of await stage.samples()) {
      const sent = stage.sent(sample)
      assertAccepted(await stage.bench().send(sent), sample.event)
      const { kind, findings } = await explained(stage, sent)
      assert.deepEqual([kind, findings], ['passed', []], `${sample.event}: what explain says of it`)
    }
  },
  'stranger: explains why it refuses what another key has proven': async (stage) => {
    const explanation = await explained(stage, stage.sent(await stage.sample(), stage.now, 1))
    assert.equal(explanation.kind, 'rejected')
    assert.notEqual(explanation.findings.length, 0, 'explain must find something')
  },
  'answers an authentic body that it cannot read, and fails at none': async (stage) => {
    const bench = stage.bench()
    const sample = await stage.sample()
    for (const sent of unreadableOf(stage, sample)) {
      const outcome = await bench.send(sent)
      const body = Buffer.from(sent.body).toString()
      assert.ok(outcome.status < 500, `${body}: must be answered, not ${wordOf(outcome)}`)
    }
  },
}

/** Bodies that are no event, or no payload. */
const unreadable = [
  '',
  '{',
  'null',
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '0',
  '"text"',
  '{"id":{},"type":[],"data":null,"event":7}',
  '[{"id":{},"type":[],"data":null,"event":7}]',
  '='.repeat(100),
  '['.repeat(100),
]

/** Bodies that are none of the provider's, and the sample's without one of its fields, or with another value there. */
function unreadableOf(stage: ProviderStage, sample: ProviderSample): readonly Captured[] {
  const { event } = sample
  const payload = stage.stamped(sample)
  const mediaType = String(stage.sent(sample).headers['content-type'])
  const of = (changes: Pick<DeliveryToSign, 'payload' | 'encoded'>) =>
    signedIfPossible(stage, { event, at: stage.now, ...changes })
  const damaged = Object.keys(payload).flatMap((name) => [
    without(payload, name),
    ...[null, 7, 'text', [], {}].map((value) => ({ ...payload, [name]: value })),
  ])
  return [
    ...unreadable.flatMap((body) => of({ payload, encoded: { mediaType, body } })),
    ...damaged.flatMap((changed) => of({ payload: changed })),
  ]
}

function without(payload: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(payload).filter(([other]) => other !== name))
}

/** What signs values of the body, or encodes it, cannot do so where they are missing. */
function signedIfPossible(stage: ProviderStage, delivery: DeliveryToSign): readonly Captured[] {
  try {
    return [stage.signed(delivery)]
  } catch {
    return []
  }
}

function explained(stage: ProviderStage, captured: Captured) {
  const { method, url, headers } = toIncoming(captured, stage.provider.path)
  const request: WebhookRequest = { method, url, headers, body: captured.body }
  const clock = benchClock(stage.now.getTime())
  return explain(request, stage.provider, { tolerance: toleranceFor(stage.provider), clock })
}
