import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { typeform } from '../src/typeform/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

describe('typeform', () => {
  it('takes the base64 HMAC of the raw body, after its prefix', async () => {
    const { post } = bench(typeform(secret))
    const body = JSON.stringify({ event_id: 'a', event_type: 'form_response', form_response: {} })
    const signature = createHmac('sha256', secret).update(body).digest('base64')
    const header = 'Typeform-Signature'
    expect(verdict(await post(body, { [header]: signature }))).toBe('header-malformed')
    expect(verdict(await post(body, { [header]: `sha256=${signature}` }))).toBe('accepted')
  })

  it('hands on every sample', async () => {
    const provider = typeform(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload] of samples) await send({ payload })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
  })

  it('retries for as long as its attempts take', () => {
    const { limits, sending } = typeform(secret)
    const delays = sending?.attemptDelaysMs ?? []
    const attemptsMs = delays.length * 30_000
    expect(limits?.retriesForMs).toBe(delays.reduce((sum, each) => sum + each, 0) + attemptsMs)
  })
})
