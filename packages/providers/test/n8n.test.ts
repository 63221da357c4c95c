import { describe, expect, it } from 'vitest'
import { n8n } from '../src/n8n/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const token = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'
const headers = { authorization: `Bearer ${token}` }

describe('n8n', () => {
  it('hands on one item, and each item of a list', async () => {
    const { receiver, post } = receiverOf(n8n<{ message: { order: number } }>(token))
    const orders: number[] = []
    receiver.on('message', ({ payload }) => orders.push(payload.order))
    expect(await post('{"order":1}', headers)).toMatchObject({ kind: 'accepted' })
    expect(await post('[{"order":2},{"order":3}]', headers)).toMatchObject({ ids: { length: 2 } })
    await receiver.onIdle()
    expect(orders).toEqual([1, 2, 3])
  })

  it('calls an item what X-Event-Type does, and sends it so', async () => {
    const provider = n8n(token)
    const { post, accepted } = receiverOf(provider)
    await post(...(await sentBy(provider, 'order.paid')))
    await post(...(await sentBy(provider, 'message')))
    expect(accepted()).toEqual(['order.paid', 'message'])
  })

  it('refuses the token without Bearer, and another one', async () => {
    const { post } = receiverOf(n8n(token))
    expect(await post('{}', { authorization: token })).toMatchObject({ status: 401 })
    expect(await post('{}', { authorization: 'Bearer 0000000000000000' })).toMatchObject({ status: 401 })
  })

  it('throws without a token', () => {
    expect(() => n8n(undefined)).toThrow(TypeError)
  })
})
