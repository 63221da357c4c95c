import { fromRawHeaders } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { khipu, khipuOld } from '../src/khipu/index.ts'
import { answering, mac, receiving, secret } from './support/latam.ts'

// «Webhook para notificaciones»: secret, header and body of the documentation's example, slashes escaped as they are sent.
const documented = {
  secret: '1a4cbbbeb8bdb7e1d73572b9cc43ce4ce18f79d9',
  header: 't=1711965600393,s=rq08YUGSaWa1D0RAwhMnJTRHMNmY4ToCn2Gd6G9LaDg=',
  body: String.raw`{"payment_id":"zfxnocsow6mz","receiver_id":990939,"subject":"TEST_COBRO","amount":"1000.0000","discount":"0.0000","currency":"CLP","receipt_url":"https:\/\/s3.amazonaws.com\/staging.notifications.khipu.com\/CPKH-1804240956-zfxnocsow6mz.pdf","bank":"DemoBank","bank_id":"Bawdf","payer_name":"Cobrador de desarrollo #990.939","payer_email":"test@khipu.com","personal_identifier":"44.444.444-4","bank_account_number":"000000000000444444444","out_of_date_conciliation":false,"transaction_id":"15f836bd-e8a7-4d12-b2f1-56403012b555","authorizer_operation_code":"AUT-20240418-0001","responsible_user_email":"test@khipu.com","payment_method":"simplified_transfer","conciliation_date":"2024-04-18T13:56:54.859Z"}`,
}

describe('khipu', () => {
  it("verifies the example of Khipu's documentation, whose signature ends in the padding of base64", () => {
    const { scheme } = khipu(documented.secret)
    const headers = fromRawHeaders(['x-khipu-signature', documented.header])
    const request = { method: 'POST', url: '/', headers, body: Buffer.from(documented.body) }
    expect(scheme.verify(request)).toEqual({ keyId: 'default' })
    const parsed = Buffer.from(JSON.stringify(JSON.parse(documented.body)))
    expect(scheme.verify({ ...request, body: parsed })).toEqual({ code: 'signature-mismatch' })
  })

  it('hands on the payment, once for each time that it is reconciled', async () => {
    const now = 1_711_965_600_393
    const { send, seen } = receiving(khipu(secret), now)
    const payment = { payment_id: 'a', conciliation_date: '2024-04-01T10:00:00.000Z' }
    const later = { ...payment, conciliation_date: '2024-04-01T11:00:00.000Z' }
    for (const [t, each] of [
      [now, payment],
      [now + 5, payment],
      [now, later],
    ] as const) {
      const body = JSON.stringify(each)
      const headers = { 'x-khipu-signature': `t=${t},s=${mac(`${t}.${body}`, 'base64')}` }
      expect((await send({ headers, body })).status).toBe(200)
    }
    expect(seen).toMatchObject([
      { type: 'payment', payload: payment },
      { type: 'payment', payload: later },
    ])
  })
})

describe('khipuOld', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = 'api_version=1.3&notification_token=3d6c1abc2f545e64'
  const sent = { query: `?k=${secret}`, headers: form, body }

  it('takes a token where the secret stands in the query, and hands on nothing else of the form', async () => {
    const { send, seen } = receiving(khipuOld(secret))
    expect((await send(sent)).status).toBe(200)
    expect((await send(sent)).status).toBe(200)
    expect((await send({ ...sent, query: '?k=another-secret-of-urls' })).status).toBe(401)
    expect(seen).toMatchObject([{ type: 'payment', payload: { id: '3d6c1abc2f545e64' } }])
  })

  it("fetches the payment as Khipu's clients do: method, address and token are signed", async () => {
    const payment = { payment_id: 'a', status: 'done', amount: 1000 }
    const { fetch, asked } = answering(payment)
    const api = { receiverId: '990939', secret: documented.secret, fetch }
    const { send, seen } = receiving(khipuOld(secret, api))
    await send(sent)
    expect(seen).toMatchObject([{ type: 'payment', payload: payment }])
    const signed = 'GET&https%3A%2F%2Fkhipu.com%2Fapi%2F2.0%2Fpayments&notification_token=3d6c1abc2f545e64'
    expect(asked).toMatchObject([
      {
        url: 'https://khipu.com/api/2.0/payments?notification_token=3d6c1abc2f545e64',
        init: {
          redirect: 'error',
          headers: { authorization: `990939:${mac(signed, 'hex', documented.secret)}` },
        },
      },
    ])
  })

  it('takes a function of yours instead', async () => {
    const { send, seen } = receiving(
      khipuOld(secret, { fetchLatest: (id, { type }) => ({ id, type, status: 'done' }) }),
    )
    await send(sent)
    expect(seen).toMatchObject([{ payload: { id: '3d6c1abc2f545e64', type: 'payment', status: 'done' } }])
  })
})
