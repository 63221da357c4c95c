import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { calendly } from '../src/calendly/index.ts'
import { bench, now, secret, stamped, verdict } from './support/payments.ts'

const payload = { event: 'invitee.created', created_at: '2020-11-23T17:51:19Z', payload: { uri: 'a' } }

describe('calendly', () => {
  it('takes the hex HMAC of time and body', async () => {
    const { post } = bench(calendly(secret))
    const body = JSON.stringify(payload)
    const t = String(Math.floor(now / 1000))
    const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
    expect(verdict(await post(body, { 'Calendly-Webhook-Signature': `t=${t},v1=${v1}` }))).toBe('accepted')
  })

  it('takes the same body, signed anew, for the same event', async () => {
    const { send } = bench(calendly(secret))
    expect(verdict(await send({ payload, at: new Date(now - 60_000) }))).toBe('accepted')
    expect(verdict(await send({ payload }))).toBe('duplicate')
    const moved = { ...payload, payload: { uri: 'b' } }
    expect(verdict(await send({ payload: moved }))).toBe('accepted')
  })

  it('hands on every sample', async () => {
    const provider = calendly(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, each] of samples) await send({ payload: each })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
  })
})
