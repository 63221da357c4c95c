import { fromRawHeaders } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { fintoc, fintocEventNames } from '../src/fintoc/index.ts'
import { mac, receiving, secret } from './support/latam.ts'

describe('fintoc', () => {
  // https://github.com/fintoc-com/fintoc-node, src/spec/webhook.spec.ts
  const vector = {
    secret: 'whsec_test_secret',
    header: 't=1743890251,v1=11b98dd8f5500109246aa4d9875fad2e97d462560b012a5f50ff924411de0b0f',
    body: '{"id":"evt_2AaZeLCz0GjOW5zj","type":"payment_intent.succeeded","mode":"test","created_at":"2025-04-05T21:57:31.834Z","data":{"id":"pi_2vKOKniSGXRhXTKrJ67VXZxGCVt","mode":"test","amount":1,"object":"payment_intent","status":"succeeded","currency":"MXN","metadata":{},"created_at":"2025-04-05T21:57:17Z","expires_at":null,"error_reason":null,"payment_type":"bank_transfer","reference_id":null,"widget_token":null,"customer_email":null,"sender_account":{"type":"checking_account","number":"501514890244223279","holder_id":"mfiu593501oe4","institution_id":"mx_stp"},"business_profile":null,"transaction_date":null,"recipient_account":{"type":"checking_account","number":"646180357600000000","holder_id":"fsm211008hz9","institution_id":"mx_stp"},"payment_type_options":{}},"object":"event"}',
  }

  it("verifies the vector of Fintoc's SDK", () => {
    const { scheme } = fintoc(vector.secret)
    const headers = fromRawHeaders(['Fintoc-Signature', vector.header])
    const request = { method: 'POST', url: '/', headers, body: Buffer.from(vector.body) }
    expect(scheme.verify(request)).toEqual({ keyId: 'default' })
    expect(scheme.verify({ ...request, body: Buffer.from(`${vector.body} `) })).toEqual({
      code: 'signature-mismatch',
    })
  })

  it('takes another attempt of an event, signed anew, for the same event', async () => {
    const now = 1_795_633_156_000
    const { send, seen } = receiving(fintoc(secret), now)
    const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'charge.succeeded', data: {} })
    for (const t of [now / 1_000, now / 1_000 + 1]) {
      const headers = { 'Fintoc-Signature': `t=${t},v1=${mac(`${t}.${body}`)}` }
      expect((await send({ headers, body })).status).toBe(200)
    }
    expect(seen.map(({ type }) => type)).toEqual(['charge.succeeded'])
  })

  it('waits 3 s before the first of 17 retries, and days before the last', () => {
    const [first, second, ...later] = fintoc(secret).sending?.attemptDelaysMs ?? []
    expect([first, second]).toEqual([0, 3_000])
    expect(later).toHaveLength(16)
    expect(later.at(-1)).toBeGreaterThan(2 * 86_400_000)
  })

  it('lists no event twice, and none that no endpoint gets', () => {
    expect(new Set(fintocEventNames).size).toBe(fintocEventNames.length)
    expect(fintocEventNames).not.toContain('link.created')
  })
})
