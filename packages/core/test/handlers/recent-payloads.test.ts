import { describe, expect, it } from 'vitest'
import { RecentPayloads } from '../../src/handlers/recent-payloads.ts'
import type { ReceiverOptions } from '../../src/index.ts'
import { type AcmeEvents, bench, paid, signed } from '../support/acme.ts'
import { settled } from '../support/clock.ts'

const delivery = (id: string, text = '{"a":1}') => ({ id, body: Buffer.from(text) })

describe('a payload that was parsed to accept a delivery', () => {
  it('is handed out once', () => {
    const payloads = new RecentPayloads()
    const payload = { a: 1 }
    payloads.put(delivery('d'), payload)
    expect(payloads.take(delivery('d'))).toBe(payload)
    expect(payloads.take(delivery('d'))).toBeUndefined()
    expect(payloads.take(delivery('e'))).toBeUndefined()
  })

  it('is not taken for that of other bytes under the same id', () => {
    const payloads = new RecentPayloads()
    payloads.put(delivery('d'), { a: 1 })
    expect(payloads.take(delivery('d', '{"a":2}'))).toBeUndefined()
  })

  it('is kept while at most 63 have come after it, and where its body has at most 16 KiB', () => {
    const payloads = new RecentPayloads()
    for (let n = 0; n < 65; n++) payloads.put(delivery(`d${n}`), { n })
    expect(payloads.take(delivery('d0'))).toBeUndefined()
    for (let n = 1; n < 65; n++) expect(payloads.take(delivery(`d${n}`))).toEqual({ n })
    for (const [size, isKept] of [
      [16_384, true],
      [16_385, false],
    ] as const) {
      payloads.put(delivery('large', ' '.repeat(size)), {})
      expect(payloads.take(delivery('large', ' '.repeat(size))) !== undefined).toBe(isKept)
    }
  })
})

describe('the payload of a handler', () => {
  it('is read from the bytes again for the next attempt, whatever the last one did to it', async () => {
    const { receiver, clock } = bench({ retry: { attempts: 2 } })
    const amounts: number[] = []
    receiver.on('order.paid', ({ payload }) => {
      amounts.push(payload.amount)
      payload.amount = 0
      if (amounts.length === 1) throw new Error('not yet')
    })
    await receiver.receive(signed(paid))
    await settled()
    await clock.advance(86_400_000)
    await receiver.onIdle()
    expect(amounts).toEqual([12, 12])
  })

  it.each<[string, ReceiverOptions<AcmeEvents>]>([
    ['orderingKey', { orderingKey: ({ payload }) => change(payload) }],
    ['tenantOf', {}],
  ])('is not what %s made of it', async (name, options) => {
    const { receiver } = bench(options, name === 'tenantOf' ? { tenantOf: change } : {})
    const amounts: number[] = []
    receiver.on('order.paid', ({ payload }) => void amounts.push(payload.amount))
    await receiver.receive(signed(paid))
    await receiver.onIdle()
    expect(amounts).toEqual([12])
  })
})

/** What is nobody's to change. */
function change(payload: unknown): string {
  Object.assign(payload as object, { amount: 0 })
  return 'default'
}
