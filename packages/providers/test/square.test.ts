import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type SquareOptions, square, squareEventNames } from '../src/square/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

const publicUrl = 'https://app.example.cl/webhooks/square'

describe('square', () => {
  it('takes the base64 HMAC of the notification URL and the raw body', async () => {
    const { post } = bench(square(secret, { publicUrl }))
    const body = JSON.stringify({
      event_id: 'a',
      type: 'payment.updated',
      data: { type: 'payment', id: 'b' },
    })
    const signatureOf = (url: string) =>
      createHmac('sha256', secret)
        .update(url + body)
        .digest('base64')
    const header = 'x-square-hmacsha256-signature'
    expect(verdict(await post(body, { [header]: signatureOf('https://evil.example/') }))).toBe(
      'signature-mismatch',
    )
    expect(verdict(await post(body, { [header]: signatureOf(publicUrl) }))).toBe('accepted')
    const withQuery = signatureOf(`${publicUrl}?shop=1`)
    expect(verdict(await post(body, { [header]: withQuery }, '/?shop=1'))).toBe('duplicate')
  })

  it('hands on every sample', async () => {
    const provider = square(secret, { publicUrl })
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload] of samples) await send({ payload })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
    expect(new Set(squareEventNames).size).toBe(squareEventNames.length)
  })

  it('throws without an address, and for an unknown option', () => {
    expect(() => square(secret, {} as SquareOptions)).toThrow(/publicUrl/)
    expect(() => square(secret, { publicUrl: `${publicUrl}?a=b` })).toThrow(/without a query/)
    expect(() => square(secret, { publicURL: publicUrl } as unknown as SquareOptions)).toThrow(/no option/)
  })
})
