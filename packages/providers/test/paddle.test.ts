import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { paddle, paddleEventNames } from '../src/paddle/index.ts'
import { bench, now, secret, stamped, verdict } from './support/payments.ts'

const payload = {
  event_id: 'evt_1',
  event_type: 'transaction.paid',
  occurred_at: '2026-11-25T18:59:17Z',
  notification_id: 'ntf_1',
  data: { id: 'txn_1' },
}

describe('paddle', () => {
  it('takes any of the two signatures of a secret that is being rotated', async () => {
    const { post } = bench(paddle(secret))
    const body = JSON.stringify(payload)
    const ts = String(Math.floor(now / 1000))
    const h1 = createHmac('sha256', secret).update(`${ts}:${body}`).digest('hex')
    const header = `ts=${ts};h1=${'a'.repeat(64)};h1=${h1}`
    expect(verdict(await post(body, { 'Paddle-Signature': header }))).toBe('accepted')
    expect(verdict(await post(body, { 'Paddle-Signature': `ts=${ts};h1=${'a'.repeat(64)}` }))).toBe(
      'signature-mismatch',
    )
  })

  it('takes a replay by hand, with its own notification, for the same event', async () => {
    const { send } = bench(paddle(secret))
    expect(verdict(await send({ payload }))).toBe('accepted')
    expect(verdict(await send({ payload: { ...payload, notification_id: 'ntf_2' } }))).toBe('duplicate')
    expect(verdict(await send({ payload: { ...payload, data: { id: 'txn_2' } } }))).not.toBe('accepted')
  })

  it('hands on every sample', async () => {
    const provider = paddle(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, each] of samples) await send({ payload: each })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
    expect(new Set(paddleEventNames).size).toBe(paddleEventNames.length)
  })
})
