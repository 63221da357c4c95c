import { describe, expect, it } from 'vitest'
import { UnrecoverableError } from '../../src/index.ts'
import type { FetchLatest } from '../../src/provider-kit.ts'
import { settled } from '../support/clock.ts'
import { request, ruledBench, verdictOf } from '../support/ruled.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const notice = { type: 'order.paid', id: 'n-1', order: 'o-1', amount: 7 }
const id = { body: 'order', as: 'id' } as const

/** A receiver of notices, and what its handlers see. */
function notices(fetchLatest?: FetchLatest, options: Parameters<typeof ruledBench>[1] = {}) {
  const bench = ruledBench({ thin: { id, ...(fetchLatest && { fetchLatest }) } }, options)
  const seen: unknown[] = []
  bench.receiver.on('*', ({ payload }) => seen.push(payload))
  return { ...bench, seen, receive: () => bench.receiver.receive(request(notice)) }
}

describe('a notice', () => {
  it('hands on the id of what it is about, and nothing that it claims of that', async () => {
    const { seen, receive } = notices()
    await receive()
    await settled()
    expect(seen).toEqual([{ id: 'o-1' }])
  })

  it('hands on what is fetched', async () => {
    const asked: unknown[] = []
    const { seen, receive } = notices(
      (order, { type }) => (asked.push(order, type), { order, state: 'paid' }),
    )
    await receive()
    await settled()
    expect(asked).toEqual(['o-1', 'order.paid'])
    expect(seen).toEqual([{ order: 'o-1', state: 'paid' }])
  })

  it('without what it is about is refused', async () => {
    const { receiver } = notices()
    expect(verdictOf(await receiver.receive(request({ ...notice, order: '../x' })))).toBe(
      '400 envelope-invalid',
    )
    expect(verdictOf(await receiver.receive(request({ ...notice, order: undefined })))).toBe(
      '400 envelope-invalid',
    )
  })

  it('is the same event whatever is fetched, and a conflict where it says otherwise', async () => {
    let n = 0
    const { seen, receive, receiver } = notices(() => n++)
    const other = { ...notice, amount: 8 }
    expect([await receive(), await receive(), await receiver.receive(request(other))].map(verdictOf)).toEqual(
      ['accepted', 'duplicate', '409 conflict'],
    )
    await settled()
    expect(seen).toEqual([0])
  })

  it('of a batch is about what each event names', async () => {
    const { receiver } = ruledBench({ thin: { id }, items: '' })
    const seen: unknown[] = []
    receiver.on('*', ({ payload }) => seen.push(payload))
    await receiver.receive(request([notice, { ...notice, id: 'n-2', order: 'o-2' }]))
    await settled()
    expect(seen).toEqual([{ id: 'o-1' }, { id: 'o-2' }])
  })

  it('is checked by the schema of what was fetched', async () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          (value as { state?: unknown }).state === 'paid'
            ? { value: value as never }
            : { issues: [{ message: 'no', path: ['state'] }] },
      },
    }
    let state = 'paid'
    const events = { 'order.paid': schema }
    const { receiver, observations } = ruledBench({ events, thin: { id, fetchLatest: () => ({ state }) } })
    receiver.on('*', () => {})
    await receiver.receive(request(notice))
    await settled()
    state = 'none'
    await receiver.receive(request({ ...notice, id: 'n-2' }))
    await settled()
    expect(observations.map(({ type }) => type)).toEqual(['accepted', 'handled', 'accepted', 'dead'])
  })
})

describe('a fetch', () => {
  it.each<[string, FetchLatest, string]>([
    ['throws', () => expect.unreachable('no route'), 'no route'],
    ['rejects', () => Promise.reject(new Error('no route')), 'no route'],
    ['answers nothing', () => undefined, 'fetchLatest answered nothing'],
    ['comes to nothing', async () => undefined, 'fetchLatest answered nothing'],
  ])('that %s is an attempt that failed, and is made again', async (_, failing, why) => {
    let calls = 0
    const { seen, receive, clock, observations } = notices((...of) =>
      calls++ === 0 ? failing(...of) : { ok: true },
    )
    await receive()
    await settled()
    expect(observations.at(-1)).toMatchObject({
      type: 'retried',
      error: { message: expect.stringContaining(why) },
    })
    await clock.advance(60_000)
    expect([calls, seen]).toEqual([2, [{ ok: true }]])
  })

  it('that can never succeed is a dead letter at once', async () => {
    const { seen, receive, observations } = notices(() => {
      throw new UnrecoverableError('gone')
    })
    await receive()
    await settled()
    expect(seen).toEqual([])
    expect(observations.at(-1)).toMatchObject({
      type: 'dead',
      reason: 'unrecoverable',
      error: { message: 'gone' },
    })
  })

  it('that hangs has as long as a handler, and is told that it is over', async () => {
    const signals: AbortSignal[] = []
    const hangs: FetchLatest = (_, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const { seen, receive, clock, observations } = notices(hangs, { handlerTimeoutMs: 1_000 })
    await receive()
    await clock.advance(999)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await clock.advance(1)
    expect(signals[0]).toMatchObject({
      aborted: true,
      reason: { message: 'fetchLatest did not answer within 1000 ms' },
    })
    expect(observations.at(-1)).toMatchObject({ type: 'retried' })
    expect(seen).toEqual([])
  })

  it('is told when close() gives up on it', async () => {
    const signals: AbortSignal[] = []
    const hangs: FetchLatest = (_, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const { receiver, receive, clock } = notices(hangs)
    await receive()
    await settled()
    const closed = receiver.close({ timeoutMs: 100 })
    await clock.advance(100)
    await closed
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })
})
