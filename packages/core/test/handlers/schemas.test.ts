import { describe, expect, it } from 'vitest'
import { latestOf } from '../../src/handlers/latest.ts'
import { isSchema, Schemas } from '../../src/handlers/schemas.ts'
import type { EventSchema } from '../../src/index.ts'
import { manualClock, settled } from '../support/clock.ts'
import { request, ruledBench } from '../support/ruled.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const schema: EventSchema<never> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as never }) },
}
const clock = manualClock()
const settings = { handlerTimeoutMs: 1_000, clock }

describe('the schemas of a provider', () => {
  it('are there at once where they are no functions', () => {
    expect(new Schemas({ a: schema }, settings).of('a')).toBe(schema)
    expect(new Schemas({ a: Object.assign(() => {}, schema) as never }, settings).of('a')).toBeTypeOf(
      'function',
    )
  })

  it.each([
    ['no events', undefined],
    ['a list of names', ['a', 'constructor']],
    ['other events', { b: schema }],
  ])('are none of a provider with %s', (_, events) => {
    const schemas = new Schemas(events as never, settings)
    for (const type of ['a', 'constructor', '__proto__']) expect(schemas.of(type)).toBeUndefined()
  })

  it('that are loaded are loaded once, though many ask', async () => {
    let loads = 0
    const schemas = new Schemas({ a: async () => (loads++, schema) }, settings)
    expect(await Promise.all([schemas.of('a'), schemas.of('a')])).toEqual([schema, schema])
    expect(await schemas.of('a')).toBe(schema)
    expect(loads).toBe(1)
  })

  it.each<[string, () => unknown, string]>([
    ['reject', () => Promise.reject(new Error('no module')), 'no module'],
    ['throw', () => expect.unreachable('no module'), 'no module'],
    ['answer no schema', async () => ({}), "The schema of 'a' that was loaded speaks no Standard Schema"],
    ['answer nothing', () => undefined, "The schema of 'a' that was loaded speaks no Standard Schema"],
  ])('that %s are asked for again', async (_, failing, message) => {
    let loads = 0
    const load = (): unknown => (loads++ === 0 ? failing() : schema)
    const schemas = new Schemas({ a: load as never }, settings)
    await expect(schemas.of('a')).rejects.toThrow(message)
    expect(await schemas.of('a')).toBe(schema)
    expect(loads).toBe(2)
  })

  it('that hang have as long as a handler, and are asked for again', async () => {
    let loads = 0
    const load = () => (loads++ === 0 ? new Promise<never>(() => {}) : Promise.resolve(schema))
    const schemas = new Schemas({ a: load }, settings)
    const failed = expect(schemas.of('a')).rejects.toThrow("The schema of 'a' was not loaded within 1000 ms")
    await clock.advance(1_000)
    await failed
    expect(await schemas.of('a')).toBe(schema)
  })

  it.each([undefined, null, 7, {}, () => {}, { '~standard': {} }, { '~standard': { validate: 1 } }])(
    'are no %o',
    (value) => {
      expect(isSchema(value)).toBe(false)
    },
  )
})

describe('an event whose schema is loaded', () => {
  it('is tried again where that fails, and handled with it', async () => {
    let loads = 0
    const load = async () => {
      if (loads++ === 0) throw new Error('no module')
      return schema
    }
    const bench = ruledBench({ events: { 'order.paid': load } })
    const seen: unknown[] = []
    bench.receiver.on('order.paid', ({ payload }) => seen.push(payload))
    const payload = { type: 'order.paid', id: 'a' }
    await bench.receiver.receive(request(payload))
    await settled()
    expect(bench.observations.at(-1)).toMatchObject({ type: 'retried', error: { message: 'no module' } })
    await bench.clock.advance(60_000)
    await bench.receiver.receive(request({ ...payload, id: 'b' }))
    await settled()
    expect([loads, seen]).toEqual([2, [payload, { ...payload, id: 'b' }]])
  })
})

describe('what a notice is about', () => {
  it('is the payload itself where nothing fetches it', () => {
    const lease = { signal: new AbortController().signal }
    expect(latestOf(7, undefined, { type: 'a' }, lease, settings)).toBe(7)
    expect(latestOf(7, { id: { body: 'id' } }, { type: 'a' }, lease, settings)).toBe(7)
  })

  it('is fetched under a signal that follows the lease, and no longer', async () => {
    const signals: AbortSignal[] = []
    const thin = {
      id: { body: 'id' },
      fetchLatest: (_: string, { signal }: { signal: AbortSignal }) => ({ nth: signals.push(signal) }),
    }
    const lost = new AbortController()
    await latestOf({ id: 'a' }, thin, { type: 'a' }, lost, settings)
    lost.abort(new Error('lost'))
    await latestOf({ id: 'a' }, thin, { type: 'a' }, lost, settings)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    expect(signals[1]?.reason).toEqual(new Error('lost'))
  })
})
