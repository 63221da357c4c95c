import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createHandle } from '../../../src/handlers/process-delivery.ts'
import { RecentPayloads } from '../../../src/handlers/recent-payloads.ts'
import { createRouter } from '../../../src/handlers/router.ts'
import type { Lease } from '../../../src/inbox/inbox.ts'
import { Running } from '../../../src/inbox/worker/running.ts'
import { processWarnings } from '../../../src/log/logger.ts'
import { acme, bench, paid, signed } from '../../support/acme.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { delivery } from '../../support/memory-inbox.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** A handle over one handler, on a lease of the test's own. */
function attempt(handler: (context: { readonly signal: AbortSignal }) => unknown) {
  const clock = manualClock()
  const router = createRouter(acme())
  router.on('order.paid', (_, context) => handler(context))
  const settings = {
    maxPayloadValues: 100,
    handlerTimeoutMs: 1_000,
    logger: processWarnings(clock),
    clock,
    payloads: new RecentPayloads(),
  }
  const abort = new AbortController()
  const lease: Lease = { attempt: 1, completed: [], signal: abort.signal }
  const headers = {}
  const delivery = {
    type: 'order.paid',
    headers,
    receivedAt: new Date(0),
    body: Buffer.from(JSON.stringify(paid)),
  }
  const result = createHandle(acme(), router, settings)(delivery as never, lease)
  return { result, abort, clock, listeners: () => getEventListeners(abort.signal, 'abort').length }
}

describe("a handler's observation", () => {
  it('leaves nothing with the lease once the handler has returned, thrown or run out of time', async () => {
    const contexts: { readonly signal: AbortSignal }[] = []
    for (const end of [() => 1, () => Promise.reject(new Error('no')), () => new Promise(() => {})]) {
      const { result, clock, listeners, abort } = attempt((context) => {
        contexts.push(context)
        expect(context.signal.aborted).toBe(false)
        expect(context.signal).toBe(context.signal)
        return end()
      })
      await settled()
      await clock.advance(1_000)
      await result
      expect(listeners()).toBe(0)
      abort.abort(new Error('late'))
    }
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, false, true])
  })

  it('is aborted with the lease, before it is asked for too', async () => {
    const reason = new Error('lost')
    const seen: AbortSignal[] = []
    const first = attempt(({ signal }) => {
      seen.push(signal)
      return new Promise(() => {})
    })
    await settled()
    first.abort.abort(reason)
    expect(seen[0]?.reason).toBe(reason)
    const second = attempt(async (context) => {
      second.abort.abort(reason)
      expect(context.signal.reason).toBe(reason)
    })
    expect(await second.result).toMatchObject({ status: 'done' })
  })

  it('that is asked for after the time ran out is aborted; after the handler returned it follows nothing', async () => {
    let late: (() => AbortSignal) | undefined
    const timedOut = attempt((context) => {
      late = () => context.signal
      return new Promise(() => {})
    })
    await settled()
    await timedOut.clock.advance(1_000)
    await timedOut.result
    expect(late?.().aborted).toBe(true)
    const returned = attempt((context) => {
      late = () => context.signal
    })
    await returned.result
    expect(late?.().aborted).toBe(false)
    expect(returned.listeners()).toBe(0)
  })
})

describe('the lease of an attempt', () => {
  it('has one signal, made when it is asked for, and aborted when it was given up before', () => {
    const leased = { delivery: delivery('a'), attempt: 2, completed: ['a'] }
    const lease = new Running(leased, {})
    expect(lease).toMatchObject({ attempt: 2, completed: ['a'] })
    expect(lease.signal).toBe(lease.signal)
    lease.giveUp(new Error('over'))
    lease.giveUp(new Error('again'))
    expect(lease.signal.reason).toEqual(new Error('over'))
    const other = new Running(leased, {})
    other.giveUp(new Error('over'))
    expect(other.signal.reason).toEqual(new Error('over'))
  })

  it('is another for each, and is collected with what listened to it, while the inbox lives', async () => {
    const { receiver } = bench()
    const seen: WeakRef<AbortSignal>[] = []
    receiver.on('order.paid', async (_, { signal }) => {
      seen.push(new WeakRef(signal), new WeakRef(AbortSignal.any([signal])))
      signal.addEventListener('abort', () => seen.length)
    })
    for (let n = 0; n < 200; n++) await receiver.receive(signed({ ...paid, id: `o-${n}` }))
    await settled()
    expect(seen).toHaveLength(400)
    await settled()
    collectGarbage()
    await settled()
    collectGarbage()
    // The last one may still be on the stack.
    expect(seen.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(4)
    expect(await receiver.inbox?.stats()).toMatchObject({ leased: 0 })
  })
})
