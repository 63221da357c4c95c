import { describe, expect, it } from 'vitest'
import { xero } from '../src/xero/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

const intent = JSON.stringify({
  events: [],
  lastEventSequence: 0,
  firstEventSequence: 0,
  entropy: 'XGZRYVQZ',
})

describe('xero', () => {
  it('answers the intent to receive as Xero wants it: 200 to a right signature, 401 to a wrong one, empty', async () => {
    const { send, post, events } = bench(xero(secret))
    expect(await send({ body: intent })).toMatchObject({ kind: 'answered', status: 200, body: '' })
    const wrong = { 'x-xero-signature': Buffer.alloc(32).toString('base64') }
    expect(await post(intent, wrong)).toMatchObject({ kind: 'rejected', status: 401, body: '' })
    expect(await events()).toEqual([])
  })

  it('handles each event of a list once, also where a retry has others beside it', async () => {
    const provider = xero(secret)
    const { send, events } = bench(provider)
    const [first, second] = (await stamped(provider)).map(([, payload]) => payload)
    expect(await send({ body: JSON.stringify({ events: [first], entropy: 'a' }) })).toMatchObject({
      kind: 'accepted',
      status: 200,
      body: '',
    })
    await send({ body: JSON.stringify({ events: [first, second], entropy: 'b' }) })
    expect((await events()).map(({ type }) => type)).toEqual(['INVOICE.CREATE', 'INVOICE.UPDATE'])
  })

  it('hands on every sample', async () => {
    const provider = xero(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload] of samples) expect(verdict(await send({ payload }))).toBe('accepted')
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
  })
})
