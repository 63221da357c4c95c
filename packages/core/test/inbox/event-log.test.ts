import { describe, expect, it } from 'vitest'
import { createEventLog, type EventLogStore, toDeliveryDocument } from '../../src/inbox-kit.ts'
import type { Delivery } from '../../src/index.ts'
import { delivery } from '../../src/testing/inbox-subject.ts'
import { type ManualClock, manualClock } from '../support/clock.ts'

/** A store of three deliveries whose steps fail as often as it is told. */
class SmallStore implements EventLogStore<number> {
  readonly isRetaining = true
  isClosed = false
  failuresLeft = 0
  readonly deliveries: Delivery[] = []

  isEmpty(): boolean {
    return this.deliveries.length === 0
  }

  begin(): void {}

  next(): { replayed: number; ends: 'over' } {
    this.#act()
    return { replayed: this.deliveries.length, ends: 'over' }
  }

  read() {
    return { deliveries: this.deliveries, last: undefined }
  }

  add(deliveries: readonly Delivery[]): number {
    this.#act()
    this.deliveries.push(...deliveries)
    return deliveries.length
  }

  #act(): void {
    if (this.failuresLeft-- > 0) throw new Error('the store is away')
  }
}

/** Lets time pass until it is settled. */
async function passing<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let isOver = false
  const end = () => {
    isOver = true
  }
  promise.then(end, end)
  while (!isOver) {
    await clock.advance(200)
  }
  return promise
}

const line = (change: object = {}) => JSON.stringify({ ...toDeliveryDocument(delivery()), ...change })

describe('an event log', () => {
  it('tries a step that the store could not write again', async () => {
    const store = new SmallStore()
    const clock = manualClock()
    const log = createEventLog(store, clock)
    store.failuresLeft = 3
    expect(await passing(clock, log.import([line()]))).toEqual({ imported: 1, known: 0 })
    store.failuresLeft = 3
    expect(await passing(clock, log.replay({ all: true }))).toEqual({ replayed: 1, complete: true })
  })

  it('gives up after a minute, and says what to do', async () => {
    const store = new SmallStore()
    const clock = manualClock()
    store.failuresLeft = Number.POSITIVE_INFINITY
    await expect(passing(clock, createEventLog(store, clock).replay({ all: true }))).rejects.toThrow(
      'the store is away. It was cut short: the same call goes on where it stopped',
    )
  })

  it('tries nothing again once the inbox is closed', async () => {
    const store = new SmallStore()
    store.failuresLeft = 1
    store.isClosed = true
    await expect(createEventLog(store, manualClock()).replay({ all: true })).rejects.toThrow('cut short')
  })

  it('replays nothing more when it was aborted before', async () => {
    const signal = AbortSignal.abort()
    const log = createEventLog(new SmallStore(), manualClock())
    expect(await log.replay({ all: true }, { signal })).toEqual({ replayed: 0, complete: false })
  })

  it('takes lines that end with the source, empty ones between, and many at once', async () => {
    const store = new SmallStore()
    const log = createEventLog(store, manualClock())
    const lines = Array.from({ length: 120 }, () => line())
    expect(await log.import([lines.join('\n\n')])).toEqual({ imported: 120, known: 0 })
    expect(await log.import([])).toEqual({ imported: 0, known: 0 })
  })

  it.each([
    ['no JSON', 'x', /^Line 1 is no delivery of an export: /],
    ['no object', '[]', /it is no JSON object/],
    ['no id', line({ id: 1 }), /id is not text/],
    ['a body that is not base64', line({ bodyBase64: 'a' }), /bodyBase64 is not base64/],
    ['headers that are none', line({ headers: { a: 1 } }), /headers is not an object of texts/],
    ['no time', line({ receivedAt: 'today' }), /receivedAt is no time such as/],
    ['a time in another form', line({ occurredAt: '2026-01-31' }), /occurredAt is no time such as/],
    ['another trust', line({ trust: 'none' }), /trust is not 'signed' or 'reconciled'/],
  ])('refuses a line with %s', async (_, text, message) => {
    await expect(createEventLog(new SmallStore(), manualClock()).import([text])).rejects.toThrow(message)
  })

  it.each([
    ['nothing', undefined, /a stream or a list of text or bytes, not undefined/],
    ['a path, or a whole text', 'log.ndjson', /a stream or a list of text or bytes, not string/],
    ['an object', {}, /a stream or a list of text or bytes, not object/],
    ['a list of other things', [1], /Line 1 is no delivery of an export: .*text or bytes, not 1/],
  ])('takes no import of %s', async (_, lines, message) => {
    const failure = await createEventLog(new SmallStore(), manualClock())
      .import(lines as never)
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(String(failure)).toMatch(message)
  })

  it('keeps what came before bytes that are no UTF-8, and before a source that fails, and says where', async () => {
    const store = new SmallStore()
    const log = createEventLog(store, manualClock())
    await expect(log.import([`${line()}\n`, Buffer.from([0xff])])).rejects.toThrow(
      /^Line 2 is no delivery of an export: .*not valid/,
    )
    expect(store.deliveries).toHaveLength(1)
    await expect(log.import([`${line()}\n`, Buffer.from([0xc3])])).rejects.toThrow(/^Line 2 is no delivery/)
    expect(store.deliveries).toHaveLength(2)
    async function* failing() {
      yield `${line()}\n`
      throw new Error('the disk is gone')
    }
    await expect(log.import(failing())).rejects.toThrow('the disk is gone')
    expect(store.deliveries).toHaveLength(3)
  })

  it('writes a delivery without a trust, as earlier versions kept it, as signed', () => {
    const { trust: _, ...old } = delivery()
    expect(toDeliveryDocument(old)).toMatchObject({ trust: 'signed' })
  })
})
