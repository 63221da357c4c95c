import { describe, expect, it } from 'vitest'
import type { HandleResult } from '../../src/inbox/inbox.ts'
import { toRetryPolicy } from '../../src/inbox/retry-policy.ts'
import { runHandle } from '../../src/inbox/run-handle.ts'
import { settle, withFailure } from '../../src/inbox/settle.ts'
import { thrownValues } from '../../src/testing/thrown-values.ts'
import { acmeSchemas, bench, paid, signed } from '../support/acme.ts'
import { settled } from '../support/clock.ts'
import { lettersOf } from '../support/letters.ts'
import { watchUnhandled } from '../support/unhandled.ts'

const unhandled = watchUnhandled()

function thenable(then: (resolve: (value: unknown) => void) => void): object {
  return Object.defineProperty({}, 'then', { value: then })
}

const once = { retry: { attempts: 1 } }

describe('a handler', () => {
  for (const [name, make] of Object.entries(thrownValues)) {
    it(`that throws ${name} makes a dead letter that can be read, and the next event is handled`, async () => {
      const { receiver, observations } = bench(once)
      receiver.on('order.paid', ({ payload }) => {
        if (payload.id === 'bad') throw make()
      })
      expect(await receiver.receive(signed({ ...paid, id: 'bad' }))).toMatchObject({ status: 200 })
      expect(await receiver.receive(signed({ ...paid, id: 'good' }))).toMatchObject({ status: 200 })
      await settled()
      const [letter] = await lettersOf(receiver.inbox)
      expect(letter).toMatchObject({ reason: 'attempts-used-up' })
      expect(letter?.failures[0]?.message).toBeTruthy()
      expect(observations.at(-1)).toMatchObject({ type: 'handled' })
      expect(unhandled).toEqual([])
    })
  }

  it('that returns a thenable which throws, lies or never settles has failed', async () => {
    const thenables = [
      Object.defineProperty({}, 'then', { get: () => expect.unreachable() }),
      thenable(() => {
        throw new Error('sync')
      }),
      thenable((resolve) => resolve(thenable(() => {}))),
    ]
    for (const answer of thenables) {
      const { receiver, clock } = bench({ ...once, handlerTimeoutMs: 1_000 })
      receiver.on('order.paid', () => answer)
      await receiver.receive(signed(paid))
      await settled()
      await clock.advance(1_000)
      expect(await lettersOf(receiver.inbox)).toMatchObject([{ reason: 'attempts-used-up' }])
    }
  })

  it('that fails beside another one is named with its cause, and the stacks of both are kept', async () => {
    const { receiver } = bench(once)
    receiver.on('order.paid', () => Promise.reject(new RangeError('no such account')), { name: 'books' })
    receiver.on('order.paid', () => Promise.reject(null), { name: 'mail' })
    receiver.on('*', () => {}, { name: 'audit' })
    await receiver.receive(signed(paid))
    await settled()
    const [letter] = await lettersOf(receiver.inbox)
    const [failure] = letter?.failures ?? []
    expect(failure?.message).toBe(
      "AggregateError: 2 handlers failed: 'books': RangeError: no such account; 'mail': null",
    )
    expect(failure?.stack).toMatch(
      /^'books': RangeError: no such account\n.*run-handle\.test\.ts.*\n'mail': null$/s,
    )
  })
})

describe('a schema', () => {
  const receiverOf = (validate: () => unknown) => {
    const schema = { '~standard': { version: 1, vendor: 'acme', validate } } as never
    return bench(
      { ...once, handle: 'all', handlerTimeoutMs: 1_000 },
      { events: { ...acmeSchemas, 'order.paid': schema } },
    )
  }

  it('that hangs is a failed attempt after handlerTimeoutMs', async () => {
    const { receiver, clock } = receiverOf(() => new Promise(() => {}))
    receiver.on('order.paid', () => expect.unreachable())
    await receiver.receive(signed(paid))
    await settled()
    await clock.advance(1_000)
    const [letter] = await lettersOf(receiver.inbox)
    expect(letter).toMatchObject({ reason: 'attempts-used-up' })
    expect(letter?.failures[0]?.message).toBe('Error: The schema did not answer within 1000 ms')
  })

  it('that throws, rejects or answers nonsense is a failed attempt, and runs no handler', async () => {
    const answers: (() => unknown)[] = [
      ...Object.values(thrownValues).map((make) => () => {
        throw make()
      }),
      () => Promise.reject(null),
      ...[undefined, null, 'valid', true, {}, { issues: null }, { issues: 'none' }, { issues: [null] }].map(
        (answer) => () => answer,
      ),
      () => Promise.resolve({ issues: [{ path: [null] }] }),
    ]
    for (const validate of answers) {
      const { receiver } = receiverOf(validate)
      receiver.on('order.paid', () => expect.unreachable())
      expect(await receiver.receive(signed(paid))).toMatchObject({ status: 200 })
      await settled()
      expect(await lettersOf(receiver.inbox)).toMatchObject([{ reason: 'attempts-used-up' }])
    }
    expect(unhandled).toEqual([])
  })

  it('that answers a value or a list of issues is believed, at once or later', async () => {
    for (const answer of [{ value: { id: 'mended' } }, { value: { id: 'mended' }, issues: undefined }]) {
      for (const validate of [() => answer, async () => answer]) {
        const { receiver } = receiverOf(validate)
        const seen: unknown[] = []
        receiver.on('order.paid', ({ payload }) => seen.push(payload))
        await receiver.receive(signed(paid))
        await settled()
        expect(seen).toEqual([{ id: 'mended' }])
      }
    }
    const { receiver } = receiverOf(async () => ({ issues: [{ message: 'x', path: ['id'] }] }))
    receiver.on('order.paid', () => expect.unreachable())
    await receiver.receive(signed(paid))
    await settled()
    expect(await lettersOf(receiver.inbox)).toMatchObject([{ reason: 'schema-mismatch' }])
  })
})

describe('runHandle', () => {
  const lease = { attempt: 2, completed: ['a'], signal: new AbortController().signal }
  const run = (answer: unknown) => runHandle(async () => answer as HandleResult, {} as never, lease)

  it('takes what is exactly a result', async () => {
    expect(await run({ status: 'done', handlers: 2 })).toMatchObject({ status: 'done', handlers: 2 })
    expect(await run({ status: 'done', handlers: 1, response: '{}' })).toMatchObject({ response: '{}' })
    expect(await run({ status: 'failed', error: 1, completed: ['a', 'b'] })).toEqual({
      status: 'failed',
      error: 1,
      completed: ['a', 'b'],
    })
    expect(await run({ status: 'dead', reason: 'unrecoverable', error: 1 })).toMatchObject({ status: 'dead' })
  })

  it('counts anything else as a failure, with what had completed before', async () => {
    const nonsense = [
      ...Object.values(thrownValues).map((make) => make()),
      { status: 'ok' },
      { status: 'done' },
      { status: 'done', handlers: 'all' },
      { status: 'done', handlers: 1, response: {} },
      { status: 'dead', reason: 'tired', error: 1 },
      Object.defineProperty({}, 'status', { get: () => expect.unreachable() }),
    ]
    for (const answer of nonsense) {
      expect(await run(answer)).toMatchObject({ status: 'failed', completed: ['a'] })
    }
    expect(await run({ status: 'failed', error: 1 })).toMatchObject({ completed: ['a'] })
    expect(await run({ status: 'failed', error: 1, completed: ['b', 7, null] })).toMatchObject({
      completed: ['b'],
    })
    const throws = () => {
      throw thrownValues['a revoked proxy']?.()
    }
    expect(await runHandle(throws, {} as never, lease)).toMatchObject({ status: 'failed' })
  })
})

describe('what was measured of an attempt', () => {
  const lease = { attempt: 1, completed: [], signal: new AbortController().signal }
  const measuredOf = async (measures: unknown) => {
    const result = await runHandle(
      async () => ({ status: 'done', handlers: 1, measures }) as never,
      {} as never,
      lease,
    )
    return [result.status, result.measures]
  }

  it('is kept as far as it is that, and fails nothing where it is not', async () => {
    const measures = { durationMs: 1, lagMs: 2 }
    expect(await measuredOf({ ...measures, handler: 'books', more: 3 })).toEqual([
      'done',
      { ...measures, handler: 'books' },
    ])
    expect(await measuredOf({ ...measures, handler: 7 })).toEqual(['done', measures])
    for (const nonsense of [undefined, null, 'fast', {}, { durationMs: 1 }, { durationMs: 1, lagMs: '2' }])
      expect(await measuredOf(nonsense)).toEqual(['done', undefined])
  })
})

describe('withFailure', () => {
  const at = new Date(0)

  it('keeps the last ten, and a stack that repeats once', () => {
    const error = new Error('again')
    let failures = withFailure([], 1, at, error)
    expect(failures).toEqual([{ attempt: 1, at, message: 'Error: again', stack: error.stack }])
    failures = withFailure(failures, 2, at, error)
    expect(failures.map(({ stack }) => stack)).toEqual([undefined, error.stack])
    for (let attempt = 3; attempt <= 14; attempt++)
      failures = withFailure(failures, attempt, at, new Error(`${attempt}`))
    expect(failures.map(({ attempt }) => attempt)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    expect(failures.every(({ stack }) => stack)).toBe(true)
    expect(withFailure([], 1, at, 'text')).toEqual([{ attempt: 1, at, message: 'text' }])
  })

  it('goes with settle, whatever was thrown', () => {
    for (const make of Object.values(thrownValues)) {
      const settled = settle({ status: 'failed', error: make(), completed: [] }, 1, toRetryPolicy({}))
      expect(settled.status).toBe('retry')
      expect(withFailure([], 1, at, make())).toHaveLength(1)
    }
  })
})
