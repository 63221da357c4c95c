import assert from 'node:assert/strict'
import { RequestValues, valuesAt } from '../lib/request-values.ts'
import { withValueAt } from '../lib/with-value-at.ts'
import { fromRawHeaders } from '../model/headers.ts'
import type { Captured } from './captured.ts'
import { assertAccepted, assertDuplicate, assertRan } from './provider-bench.ts'
import { later, type ProviderChecks, type ProviderStage } from './provider-stage.ts'

export const batchChecks: ProviderChecks = {
  'batch: runs an event once that stands twice in a batch': async (stage) => {
    const bench = stage.bench()
    const ids = assertAccepted(await bench.send(await batchOf(stage, [0, 0, 1])), 'a batch of three')
    assert.equal(ids.length, 3, 'each element of the batch must be an event')
    assert.equal(ids[0], ids[1], 'an event that stands twice must have one id')
    assert.notEqual(ids[0], ids[2], 'another event must have another id')
    await assertRan(bench, ids, 'a batch of three')
  },
  'batch: runs the others of a batch once when one fails': async (stage) => {
    const batch = await batchOf(stage, [0, 1, 2])
    const [first = '', failing = '', last = ''] = assertAccepted(await stage.bench().send(batch), 'a batch')
    const bench = stage.bench({ failing: [failing] })
    assertAccepted(await bench.send(batch), 'the same batch elsewhere')
    await assertRan(bench, [first, last], 'the others of a batch')
    assertDuplicate(await bench.send(batch), 'the same batch again')
    await assertRan(bench, [first, last], 'the others of a batch that came twice')
    assert.equal((await bench.inbox.stats()).dead, 1, 'the event that failed must be a dead letter')
  },
}

const bare = { method: 'POST', url: '/', headers: fromRawHeaders([]) }

/**
 * Events of the first sample in one request.
 * @param seconds by how much later each is stamped: two of one time are one event
 * @throws TypeError where the sample is no batch of one
 */
async function batchOf(stage: ProviderStage, seconds: readonly number[]): Promise<Captured> {
  const sample = await stage.sample()
  const { event } = sample
  const payloads = seconds.map((each) => stage.stamped(sample, later(stage.now, each * 1_000)))
  const sent = payloads.map((payload) => stage.signed({ event, payload, at: stage.now }))
  const bodies = sent.map(({ body }) => new RequestValues({ ...bare, body }).payload)
  const mediaType = String(sent[0]?.headers['content-type'])
  const body = JSON.stringify(merged(bodies, stage.listPaths))
  return stage.signed({ event, payload: { ...payloads[0] }, at: stage.now, encoded: { mediaType, body } })
}

/** The first body with the events of all. */
function merged(bodies: readonly unknown[], paths: readonly string[]): unknown {
  const [first] = bodies
  for (const path of paths) {
    const lists = bodies.map((body) => valuesAt(body, path).find(Array.isArray))
    if (lists.every((list) => list !== undefined && list.length > 0))
      return withValueAt(first, path, () => lists.flat())
  }
  // A sender of batches may send one event as it is.
  if (paths.includes('')) return bodies
  throw new TypeError(
    `The sample has no list at ${paths.join(' or ')}: have sending.encode put the payload in one`,
  )
}
