import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { shopify, shopifyEventNames } from '../src/shopify/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

const order = { id: 820982911946154, name: '#9999' }

describe('shopify', () => {
  it('takes the base64 HMAC of the raw body, and the topic of a header', async () => {
    const { post, events } = bench(shopify(secret))
    const body = JSON.stringify(order)
    const headers = {
      'X-Shopify-Topic': 'orders/create',
      'X-Shopify-Shop-Domain': 'example.myshopify.com',
      'X-Shopify-Hmac-SHA256': createHmac('sha256', secret).update(body).digest('base64'),
    }
    expect(verdict(await post(body, headers))).toBe('accepted')
    expect(await events()).toMatchObject([
      {
        type: 'orders/create',
        payload: order,
        unsigned: { 'x-shopify-shop-domain': 'example.myshopify.com' },
      },
    ])
  })

  it('hands on every sample under its topic', async () => {
    const provider = shopify(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload, headers] of samples) await send({ payload, headers })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
  })

  it('tells a retry by the body, whatever its ids say', async () => {
    const { send } = bench(shopify(secret))
    const first = { 'x-shopify-topic': 'orders/create', 'x-shopify-webhook-id': 'a' }
    expect(verdict(await send({ payload: order, headers: first }))).toBe('accepted')
    expect(verdict(await send({ payload: order, headers: { ...first, 'x-shopify-webhook-id': 'b' } }))).toBe(
      'duplicate',
    )
  })

  it('never runs a captured body again under another topic', async () => {
    const { send, events } = bench(shopify(secret))
    await send({ payload: order, headers: { 'x-shopify-topic': 'orders/create' } })
    expect(verdict(await send({ payload: order, headers: { 'x-shopify-topic': 'orders/paid' } }))).not.toBe(
      'accepted',
    )
    expect(await events()).toHaveLength(1)
  })

  it('refuses a delivery without a topic', async () => {
    const { send } = bench(shopify(secret))
    expect(verdict(await send({ payload: order }))).toBe('envelope-invalid')
  })

  it('names the topics of privacy law, too, and each once', () => {
    expect(shopifyEventNames).toContain('customers/data_request')
    expect(new Set(shopifyEventNames).size).toBe(shopifyEventNames.length)
  })
})
