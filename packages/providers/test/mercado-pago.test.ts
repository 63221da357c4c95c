import { describe, expect, it } from 'vitest'
import { mercadoPago } from '../src/mercado-pago/index.ts'
import { answering, mac, receiving, secret } from './support/latam.ts'

const now = 1_795_633_156_000
const ts = now / 1_000

/** A notice of a payment or of something else; `signed` is the id as it is signed. */
function notice(id: string, type = 'payment', signed = id, request = 'f7b2a1d4-0b1c') {
  const v1 = mac(`id:${signed};request-id:${request};ts:${ts};`)
  return {
    query: `?data.id=${id}&type=${type}`,
    headers: { 'x-request-id': request, 'x-signature': `ts=${ts},v1=${v1}` },
    body: JSON.stringify({ id: 1, type, action: `${type}.updated`, data: { id } }),
  }
}

describe('mercadoPago', () => {
  it('hands on the id that is signed, and nothing of the body, which is not', async () => {
    const { send, seen } = receiving(mercadoPago(secret), now)
    const sent = notice('1234567890')
    expect((await send({ ...sent, body: '{"status":"approved","data":{"id":"1"}}' })).status).toBe(200)
    expect(seen).toMatchObject([{ type: 'payment', payload: { id: '1234567890' } }])
  })

  it('takes an id of letters that is signed as it is, as the SDKs do, or in lower case, as the documentation says', async () => {
    const { send, seen } = receiving(mercadoPago(secret), now)
    const id = 'ORD01JQ4S4KY8HWQ6NA5PXB65B3D3'
    expect((await send(notice(id, 'order', id, 'a'))).status).toBe(200)
    expect((await send(notice(id, 'order', id.toLowerCase(), 'b'))).status).toBe(200)
    expect((await send(notice(id, 'order', 'Ord01jq4s4ky8hwq6na5pxb65b3d3', 'c'))).status).toBe(401)
    expect(seen).toHaveLength(2)
  })

  it('runs a captured notice once, whatever becomes of the case of its id, its type and its body', async () => {
    const { send, seen } = receiving(mercadoPago(secret), now)
    const id = 'ord01jq4s4ky8hwq6na5pxb65b3d3'
    const sent = notice(id, 'order')
    await send(sent)
    for (const query of [`?data.id=${id.toUpperCase()}&type=order`, `?data.id=${id}&type=payment`])
      await send({ ...sent, query })
    await send({ ...sent, body: '{}' })
    expect(seen).toHaveLength(1)
  })

  it('reads the type from the body where the query has none', async () => {
    const { send, seen } = receiving(mercadoPago(secret), now)
    const sent = notice('1', 'topic_merchant_order_wh')
    await send({ ...sent, query: '?data.id=1' })
    expect(seen).toMatchObject([{ type: 'topic_merchant_order_wh' }])
  })

  it.each([
    ['payment', '1234567890', 'https://api.mercadopago.com/v1/payments/1234567890'],
    ['order', 'ORD01JQ4S', 'https://api.mercadopago.com/v1/orders/ORD01JQ4S'],
    ['subscription_preapproval', '2c938084', 'https://api.mercadopago.com/preapproval/2c938084'],
    ['topic_merchant_order_wh', '77', 'https://api.mercadopago.com/merchant_orders/77'],
  ])('fetches a %s with the access token before handlers run', async (type, id, url) => {
    const resource = { id, status: 'approved' }
    const { fetch, asked } = answering(resource)
    const { send, seen } = receiving(mercadoPago(secret, { accessToken: 'APP_USR-1', fetch }), now)
    await send(notice(id, type))
    expect(seen).toMatchObject([{ type, payload: resource }])
    expect(asked).toMatchObject([
      { url, init: { redirect: 'error', headers: { authorization: 'Bearer APP_USR-1' } } },
    ])
  })

  it('leaves what the API has no address for as it is', async () => {
    const { fetch, asked } = answering({})
    const { send, seen } = receiving(mercadoPago(secret, { accessToken: 'APP_USR-1', fetch }), now)
    await send(notice('5', 'wallet_connect'))
    expect(seen).toMatchObject([{ type: 'wallet_connect', payload: { id: '5' } }])
    expect(asked).toEqual([])
  })

  it('refuses an id that is none, such as a path, whoever signed it', async () => {
    const { send, seen } = receiving(mercadoPago(secret), now)
    expect((await send(notice('..%2Fusers', 'payment', '../users'))).status).toBe(401)
    expect(seen).toEqual([])
  })

  it('takes a function of yours instead, for types of yours', async () => {
    interface Payment {
      readonly status: string
    }
    const provider = mercadoPago<{ payment: Payment }>(secret, {
      fetchLatest: (id) => ({ status: `paid ${id}` }),
    })
    const { send, seen } = receiving(provider, now)
    await send(notice('9'))
    expect(seen).toMatchObject([{ type: 'payment', payload: { status: 'paid 9' } }])
  })
})

describe("mercadoPago's attempts", () => {
  it('come for two weeks, each without an answer until its timeout', () => {
    const { limits, sending } = mercadoPago(secret)
    expect((limits?.retriesForMs ?? 0) / 3_600_000).toBeCloseTo(342.8, 1)
    expect(sending?.attemptDelaysMs).toHaveLength(8)
  })
})
