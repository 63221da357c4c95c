import { describe, expect, it } from 'vitest'
import { flow } from '../src/flow/index.ts'
import { answering, mac, receiving, secret } from './support/latam.ts'

describe('flow', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const sent = { query: `?k=${secret}`, headers, body: 'token=AJ089FF5467367' }
  const keys = { apiKey: '1F90971E-8276-4715-97FF-2BLG5030EE3B', secretKey: '8d1c7b0a9e5f4d3c2b1a' }

  it('is one event for a token, and hands on nothing but it', async () => {
    const { send, seen } = receiving(flow(secret))
    for (const body of ['token=AJ089FF5467367', 'token=AJ089FF5467367&status=2'])
      await send({ ...sent, body })
    expect(seen).toMatchObject([{ type: 'confirmation', payload: { id: 'AJ089FF5467367' } }])
  })

  it('refuses a token that is none, such as a path', async () => {
    const { send, seen } = receiving(flow(secret))
    for (const token of ['..%2F..%2Fpayment', 'a%20b', ''])
      expect((await send({ ...sent, body: `token=${token}` })).status).toBe(400)
    expect(seen).toEqual([])
  })

  it.each([
    [false, 'https://www.flow.cl'],
    [true, 'https://sandbox.flow.cl'],
  ])('fetches the payment, its parameters signed (sandbox: %s)', async (sandbox, host) => {
    const payment = { flowOrder: 3567899, commerceOrder: 'sf12377', status: 2 }
    const { fetch, asked } = answering(payment)
    const { send, seen } = receiving(flow(secret, { ...keys, sandbox, fetch }))
    await send(sent)
    expect(seen).toMatchObject([{ type: 'confirmation', payload: payment }])
    const url = new URL(String(asked[0]?.url))
    expect(`${url.origin}${url.pathname}`).toBe(`${host}/api/payment/getStatus`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      apiKey: keys.apiKey,
      token: 'AJ089FF5467367',
      s: mac(`apiKey${keys.apiKey}tokenAJ089FF5467367`, 'hex', keys.secretKey),
    })
    expect(asked[0]?.init).toMatchObject({ redirect: 'error' })
  })

  it('takes a function of yours instead', async () => {
    const { send, seen } = receiving(flow(secret, { fetchLatest: async (id) => ({ token: id, paid: true }) }))
    await send(sent)
    expect(seen).toMatchObject([{ payload: { token: 'AJ089FF5467367', paid: true } }])
  })
})
