import { describe, expect, it } from 'vitest'
import { make } from '../src/make/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const key = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'
const json = { 'x-make-apikey': key, 'content-type': 'application/json' }

describe('make', () => {
  it('hands a message on, as JSON or as a form', async () => {
    const { receiver, post } = receiverOf(make<{ message: { order: number | string } }>(key))
    const orders: unknown[] = []
    receiver.on('message', ({ payload }) => orders.push(payload.order))
    await post('{"order":1}', json)
    await post('order=2', { ...json, 'content-type': 'application/x-www-form-urlencoded' })
    await receiver.onIdle()
    expect(orders).toEqual([1, '2'])
  })

  it('tells equal messages apart by Idempotency-Key, and copies of one by it too', async () => {
    const { post } = receiverOf(make(key))
    expect(await post('{"order":1}', { ...json, 'Idempotency-Key': 'a' })).toMatchObject({ kind: 'accepted' })
    expect(await post('{"order":1}', { ...json, 'Idempotency-Key': 'b' })).toMatchObject({ kind: 'accepted' })
    expect(await post('{"order":1}', { ...json, 'Idempotency-Key': 'b' })).toMatchObject({
      kind: 'duplicate',
    })
  })

  it('takes the body for what an event is, where no header says it', async () => {
    const { post } = receiverOf(make(key))
    expect(await post('{"order":1}', json)).toMatchObject({ kind: 'accepted' })
    expect(await post('{"order":1}', json)).toMatchObject({ kind: 'duplicate' })
  })

  it('calls a message what X-Event-Type does, and sends it so', async () => {
    const provider = make(key)
    const { post, accepted } = receiverOf(provider)
    await post(...(await sentBy(provider, 'order.paid')))
    await post(...(await sentBy(provider, 'message')))
    expect(accepted()).toEqual(['order.paid', 'message'])
  })

  it('takes the key in a header of your own', async () => {
    const { post } = receiverOf(make(key, { header: 'X-Api-Key' }))
    expect(await post('{"order":1}', json)).toMatchObject({ status: 401 })
    expect(await post('{"order":1}', { 'X-Api-Key': key, 'content-type': 'application/json' })).toMatchObject(
      {
        kind: 'accepted',
      },
    )
  })

  it('throws without a key', () => {
    expect(() => make(undefined)).toThrow(TypeError)
  })
})
