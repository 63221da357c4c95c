import { describe, expect, it } from 'vitest'
import { createHandle } from '../../src/handlers/process-delivery.ts'
import { createRouter } from '../../src/handlers/router.ts'
import type { HandleResult, HandlerTransaction } from '../../src/inbox/inbox.ts'
import { createWorker } from '../../src/inbox/worker/create-worker.ts'
import type { LeaseSource } from '../../src/inbox/worker/lease-source.ts'
import type { Handler, HandlerContext } from '../../src/index.ts'
import { acme, bench, paid, signed } from '../support/acme.ts'
import { manualClock, settled } from '../support/clock.ts'
import { delivery, done } from '../support/memory-inbox.ts'

const body = JSON.stringify(paid)

/** A store of transactions that notes what is asked of it; `changes` are of each transaction. */
function store(changes: Partial<HandlerTransaction> = {}) {
  const calls: string[] = []
  let made = 0
  const transaction = (): HandlerTransaction => {
    const name = `t${++made}`
    return {
      begin: () => {
        calls.push(`begin ${name}`)
        return name
      },
      commit: (handler) => {
        calls.push(`commit ${name} ${handler}`)
        return true
      },
      rollback: () => void calls.push(`rollback ${name}`),
      ...changes,
    }
  }
  return { calls, transaction }
}

/** Runs handlers by name on one delivery. */
function run(handlers: Record<string, Handler<never>>, transaction: (() => HandlerTransaction) | undefined) {
  const clock = manualClock()
  const router = createRouter(acme())
  for (const [name, handler] of Object.entries(handlers)) router.on('order.paid', handler as never, { name })
  const silent = (): void => {}
  const handle = createHandle(acme(), router, {
    handlerTimeoutMs: 1_000,
    maxPayloadValues: 1_000,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    clock,
    payloads: { take: () => undefined },
  })
  const { signal } = new AbortController()
  const result = handle(delivery('one', body), { attempt: 1, completed: [], signal, transaction })
  return { clock, result }
}

/** What a context answers, as the types know no store here. */
const begin = ({ transaction }: Pick<HandlerContext, 'transaction'>): unknown => transaction()

function failureOf(result: HandleResult): Error & { readonly cause?: unknown } {
  if (result.status === 'done') throw new Error('it has not failed')
  return result.error as Error
}

describe('the transaction of a handler', () => {
  it('is begun where it is asked for, taken out of the context, and committed with its name when it succeeds', async () => {
    const { calls, transaction } = store()
    const answers: unknown[] = []
    const { result } = run(
      { a: (_, { transaction }) => answers.push(transaction(), transaction()) },
      transaction,
    )
    expect(await result).toMatchObject({ status: 'done', handlers: 1 })
    expect([answers, calls]).toEqual([
      ['t1', 't1'],
      ['begin t1', 'begin t1', 'commit t1 a'],
    ])
  })

  it('is each handler’s own: one that fails is rolled back, and the others are committed', async () => {
    const { calls, transaction } = store()
    const error = new Error('no')
    const { result } = run(
      {
        a: async (_, context) => void begin(context),
        b: (_, context) => {
          begin(context)
          throw error
        },
        c: async (_, context) => {
          begin(context)
          throw error
        },
        none: () => {},
        d: async (_, context) => void begin(context),
      },
      transaction,
    )
    expect(await result).toMatchObject({ status: 'failed', completed: ['a', 'none', 'd'] })
    expect(calls.filter((call) => !call.startsWith('begin'))).toEqual([
      'commit t1 a',
      'rollback t2',
      'rollback t3',
      'commit t4 d',
    ])
  })

  it('is rolled back when the handler takes too long, and cannot be had after it', async () => {
    const { calls, transaction } = store()
    const late: unknown[] = []
    let goOn = (): void => {}
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const slow: Handler<never> = async (_, context) => {
      begin(context)
      await waiting
      try {
        begin(context)
      } catch (error) {
        late.push(error)
      }
    }
    const { clock, result } = run({ slow }, transaction)
    await settled()
    await clock.advance(1_000)
    expect(failureOf(await result).message).toBe("Handler 'slow' did not finish within 1000 ms")
    goOn()
    await settled()
    expect(calls).toEqual(['begin t1', 'rollback t1'])
    expect(late).toEqual([expect.objectContaining({ message: expect.stringContaining('had ended') })])
  })

  it.each([
    ['says no', { commit: async () => false }, /its lease was lost/],
    [
      'rejects',
      { commit: () => Promise.reject(new Error('disk full')) },
      /could not be committed: Error: disk full$/,
    ],
    [
      'throws',
      {
        commit: () => {
          throw new Error('gone')
        },
      },
      /could not be committed: Error: gone$/,
    ],
  ])('that its store does not commit (%s) has failed', async (_, changes, message) => {
    const { calls, transaction } = store(changes)
    const { result } = run({ a: (_, context) => begin(context), b: () => {} }, transaction)
    const ended = await result
    expect(ended).toMatchObject({ status: 'failed', completed: ['b'] })
    expect(failureOf(ended).message).toMatch(message)
    expect(calls).toEqual(['begin t1'])
  })

  it('that is not committed in time has failed', async () => {
    const { transaction } = store({ commit: () => new Promise(() => {}) })
    const { clock, result } = run({ a: (_, context) => begin(context) }, transaction)
    await settled()
    await clock.advance(1_000)
    expect(failureOf(await result).message).toMatch(
      /could not be committed: Error: it took longer than 1000 ms$/,
    )
  })

  it.each([
    ['rejects', { rollback: () => Promise.reject(new Error('gone')) }],
    [
      'throws',
      {
        rollback: () => {
          throw new Error('gone')
        },
      },
    ],
    ['hangs', { rollback: () => new Promise<void>(() => {}) }],
  ])('whose rollback %s fails with what the handler threw', async (_, changes) => {
    const { transaction } = store(changes)
    const error = new Error('no')
    const fails: Handler<never> = async (_, context) => {
      begin(context)
      throw error
    }
    const { clock, result } = run({ fails }, transaction)
    await settled()
    await clock.advance(1_000)
    expect(await result).toMatchObject({ status: 'failed', error })
  })

  it('that cannot be begun fails the handler, and is rolled back', async () => {
    const error = new Error('busy')
    const { calls, transaction } = store({
      begin: () => {
        throw error
      },
    })
    const { result } = run({ a: (_, context) => begin(context) }, transaction)
    expect(await result).toMatchObject({ status: 'failed', error })
    expect(calls).toEqual(['rollback t1'])
  })

  it('is refused with the remedy where the inbox has none', async () => {
    const { receiver, observations } = bench()
    receiver.on('order.paid', (_, context) => begin(context))
    await receiver.receive(signed(paid))
    await settled()
    const error = expect.objectContaining({ message: expect.stringContaining('docs/acknowledging.md') })
    expect(observations.at(-1)).toMatchObject({ type: 'retried', error })
  })

  it('comes from the source of the leases, for the lease in hand', async () => {
    const { calls, transaction } = store()
    const waiting = [{ delivery: delivery('one', body), attempt: 1, completed: [] }]
    const asked: unknown[] = []
    const source: LeaseSource = {
      lease: () => waiting.splice(0),
      settle: (_, outcome) => outcome,
      giveBack: async () => [],
      isIdle: () => true,
      unhandled: () => [],
      transaction(leased) {
        asked.push([this === source, leased.delivery.id])
        return transaction()
      },
    }
    const worker = createWorker(source, {
      handle: async (_, lease) => {
        lease.transaction?.().begin()
        return done
      },
      handles: () => ({ except: [] }),
      concurrency: 1,
      retry: {},
      observer: () => {},
      clock: manualClock(),
    })
    worker.start()
    worker.wake()
    await settled()
    await settled()
    expect([asked, calls]).toEqual([[[true, delivery('one').id]], ['begin t1']])
    await worker.close({ timeoutMs: 0 })
  })
})
