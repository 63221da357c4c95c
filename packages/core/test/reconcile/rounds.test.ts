import { describe, expect, it, vi } from 'vitest'
import { type Inbox, lruDedupe, memoryInbox } from '../../src/index.ts'
import { type ListedPage, type ReconcileOptions, reconcile } from '../../src/reconcile.ts'
import { bench, paid } from '../support/acme.ts'
import { manualClock, settled } from '../support/clock.ts'
import { watchUnhandled } from '../support/unhandled.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const empty: ListedPage = { items: [] }
const page = (...ids: string[]): ListedPage => ({
  items: ids.map((id) => ({ body: JSON.stringify({ ...paid, id }) })),
})

function rounds(list: ReconcileOptions['list'], options: Partial<ReconcileOptions> = {}, inbox?: Inbox) {
  const on = bench(inbox ? { inbox } : {})
  const failures = () => on.observations.filter(({ type }) => type === 'reconcile-failed')
  return { ...on, failures, reconciler: reconcile(on.receiver, { list, ...options }) }
}

/** A memory inbox with another answer to `accept`. */
function answering(accept: Inbox['accept'], clock = manualClock()): Inbox {
  const inbox = memoryInbox({ clock, maxIdempotencyKeys: 100 })
  const own = Object.create(inbox) as Inbox
  for (const name of ['consume', 'stats', 'close', 'deadLetter'] as const)
    Object.defineProperty(own, name, { value: inbox[name].bind(inbox) })
  for (const name of ['durability', 'ordered', 'retentionMs', 'idempotencyKeys', 'deadLetters'] as const)
    Object.defineProperty(own, name, { value: inbox[name] })
  return Object.defineProperty(own, 'accept', { value: accept })
}

describe('a round', () => {
  watchUnhandled()

  it('looks back for lookBackMs, then from the last complete one less overlapMs', async () => {
    const asked: number[] = []
    const { reconciler, clock } = rounds(
      async (since) => {
        asked.push(clock.now() - since.getTime())
        if (asked.length === 3) throw new Error('502')
        return empty
      },
      { lookBackMs: 5 * hourMs, overlapMs: 10 * minuteMs },
    )
    for (let round = 0; round < 4; round++) {
      await reconciler.round()
      await clock.advance(minuteMs)
    }
    clock.stepWall(-hourMs)
    await reconciler.round()
    const after = [5 * hourMs, 11 * minuteMs, 11 * minuteMs, 12 * minuteMs, 10 * minuteMs]
    expect(asked).toEqual(after)
  })

  it('looks back no further than the inbox remembers, however long the API was away', async () => {
    const asked: number[] = []
    let isAway = false
    const { reconciler, clock } = rounds(
      async (since) => {
        asked.push(clock.now() - since.getTime())
        if (isAway) throw new Error('502')
        return empty
      },
      { lookBackMs: hourMs, overlapMs: minuteMs, everyMs: minuteMs },
    )
    await reconciler.round()
    isAway = true
    await clock.advance(10 * hourMs)
    await reconciler.round()
    expect(asked).toEqual([hourMs, 2 * hourMs])
  })

  it('has idempotency keys remembered for as long as it looks back', async () => {
    const kept: number[] = []
    const inner = lruDedupe({ maxEntries: 100 })
    const dedupe = {
      ...inner,
      commit: (...[key, token, options]: Parameters<typeof inner.commit>) => {
        kept.push(options.retentionMs)
        return inner.commit(key, token, options)
      },
    }
    const { reconciler } = rounds(
      async () => page('a'),
      { lookBackMs: 20 * 24 * hourMs },
      memoryInbox({ dedupe }),
    )
    expect(await reconciler.round()).toMatchObject({ accepted: 1 })
    expect(kept).toEqual([40 * 24 * hourMs])
  })

  it('reads page by page, and passes each its cursor', async () => {
    const asked: (string | undefined)[] = []
    const { reconciler } = rounds(async (_, cursor) => {
      asked.push(cursor)
      return asked.length < 3 ? { ...page(`${asked.length}`), next: `c${asked.length}` } : page('last')
    })
    expect(await reconciler.round()).toMatchObject({ complete: true, listed: 3, accepted: 3 })
    expect(asked).toEqual([undefined, 'c1', 'c2'])
  })

  it('accepts more than a store takes at once, in order', async () => {
    const ids = Array.from({ length: 150 }, (_, at) => `${at}`)
    const handled: string[] = []
    const { reconciler, receiver } = rounds(async () => page(...ids))
    receiver.on('order.paid', ({ payload }) => {
      handled.push(payload.id)
    })
    expect(await reconciler.round()).toMatchObject({ accepted: 150 })
    await receiver.onIdle()
    expect(handled).toEqual(ids)
  })

  it('is one at a time: who asks meanwhile waits for the same', async () => {
    let answer = (_: ListedPage): void => {}
    const list = vi.fn(() => new Promise<ListedPage>((resolve) => (answer = resolve)))
    const { reconciler } = rounds(list)
    const both = [reconciler.round(), reconciler.round()]
    answer(page('a'))
    const [one, other] = await Promise.all(both)
    expect(other).toBe(one)
    expect(list).toHaveBeenCalledTimes(1)
  })

  it.each<[string, () => unknown, RegExp]>([
    ['throws', () => expect.unreachable('no API'), /no API/],
    ['rejects', async () => expect.unreachable('no API'), /no API/],
    ['answers nothing', () => undefined, /list answered undefined without a list of items/],
    ['answers null', () => null, /list answered null without/],
    ['answers items that are none', () => ({ items: 'text' }), /list answered object without/],
    ['answers another cursor than text', () => ({ items: [], next: 7 }), /list answered 7 for next/],
    ['answers one cursor twice', () => ({ items: [], next: 'c' }), /the same next twice/],
    ['never ends', () => ({ items: [], next: crypto.randomUUID() }), /more than 10000 pages/],
  ])('of a list that %s is not complete, is told, and is made again', async (_, list, said) => {
    let isWrong = true
    const { reconciler, failures } = rounds(async () => (isWrong ? (list() as ListedPage) : page('a')))
    expect(await reconciler.round()).toMatchObject({
      complete: false,
      error: { message: expect.stringMatching(said) },
    })
    expect(failures()).toMatchObject([
      { provider: 'acme', endpoint: 'acme', error: { message: expect.stringMatching(said) } },
    ])
    isWrong = false
    expect(await reconciler.round()).toMatchObject({ complete: true, accepted: 1 })
  })

  it('waits for a list that hangs for timeoutMs, tells it so, and drops what it answers later', async () => {
    let signal: AbortSignal | undefined
    let fail = (_: Error): void => {}
    const { reconciler, clock, failures } = rounds(
      (_, __, given) => {
        signal = given
        return new Promise((_, reject) => (fail = reject))
      },
      { timeoutMs: 500 },
    )
    const round = reconciler.round()
    await clock.advance(500)
    const error = { message: 'list did not answer within 500 ms' }
    expect(await round).toMatchObject({ complete: false, error })
    expect(failures()).toHaveLength(1)
    expect(signal?.aborted).toBe(true)
    fail(new Error('late'))
    await settled()
  })

  it.each<[string, Inbox['accept'], string]>([
    ['is full', () => 'full', 'inbox-full'],
    ['fails', () => expect.unreachable(), 'inbox-failed'],
    ['rejects', async () => expect.unreachable(), 'inbox-failed'],
    ['answers nonsense', () => 'yes' as never, 'inbox-failed'],
  ])('whose inbox %s is not complete, and is made again', async (_, accept, code) => {
    let isWrong = true
    const inbox = answering((...given) => (isWrong ? accept(...given) : 'accepted'))
    const { reconciler, failures } = rounds(async () => page('a'), {}, inbox)
    const message = `The inbox did not take what is missing: ${code}`
    expect(await reconciler.round()).toMatchObject({ complete: false, accepted: 0, error: { message } })
    expect(failures()).toMatchObject([{ error: { message } }])
    isWrong = false
    expect(await reconciler.round()).toMatchObject({ complete: true, accepted: 1 })
  })

  it('whose inbox is still deciding on a copy is not complete', async () => {
    const { reconciler, clock } = rounds(
      async () => page('a'),
      {},
      answering(() => 'in-flight'),
    )
    const round = reconciler.round()
    await clock.advance(10_000)
    const error = { message: 'The inbox did not take what is missing: in-flight' }
    expect(await round).toMatchObject({ complete: false, error })
  })
})

describe('a reconciler', () => {
  it('begins with a round at its start, and makes one every everyMs', async () => {
    const list = vi.fn(async () => empty)
    const { reconciler, clock } = rounds(list, { everyMs: minuteMs })
    reconciler.start()
    reconciler.start()
    await settled()
    expect(list).toHaveBeenCalledTimes(1)
    await clock.advance(3 * minuteMs)
    expect(list).toHaveBeenCalledTimes(4)
    await reconciler.close()
    await clock.advance(3 * minuteMs)
    expect(list).toHaveBeenCalledTimes(4)
  })

  it('makes none more when its receiver is closed', async () => {
    const list = vi.fn(async () => empty)
    const { reconciler, receiver, clock } = rounds(list, { everyMs: minuteMs })
    reconciler.start()
    await settled()
    const closing = receiver.close()
    await clock.advance(20_000)
    await closing
    await clock.advance(3 * minuteMs)
    expect(list).toHaveBeenCalledTimes(1)
  })

  it('that is closed ends the round that runs, and begins no other', async () => {
    let signal: AbortSignal | undefined
    const { reconciler, failures } = rounds((_, __, given) => {
      signal = given
      return new Promise(() => {})
    })
    reconciler.start()
    const round = reconciler.round()
    await settled()
    await reconciler.close()
    expect(await round).toMatchObject({ complete: false, error: { message: 'The reconciler is closed' } })
    expect(signal?.aborted).toBe(true)
    expect(failures()).toEqual([])
    await expect(reconciler.round()).rejects.toThrow('The reconciler is closed')
    expect(() => reconciler.start()).toThrow('The reconciler is closed')
    await reconciler.close()
  })

  it('accepts nothing more of a page when its receiver is closed meanwhile', async () => {
    const { reconciler, receiver, clock } = rounds(async () => {
      const closing = receiver.close()
      await clock.advance(20_000)
      await closing
      return page('a')
    })
    expect(await reconciler.round()).toMatchObject({ complete: false, listed: 1, accepted: 0 })
  })
})
