import { describe, expect, it } from 'vitest'
import { jumpseller } from '../src/jumpseller/index.ts'
import { mac, receiving, secret } from './support/latam.ts'

describe('jumpseller', () => {
  const body = '{"order":{"id":1026,"status":"Paid","total":369.2}}'
  const headers = {
    'Jumpseller-Event': 'order_paid',
    'Jumpseller-Store-Code': 'mi-tienda',
    'Jumpseller-Hmac-Sha256': mac(body, 'base64'),
  }

  it('names the event as its header does, and hands on whose store it says that it is, marked unsigned', async () => {
    const { send, seen } = receiving(jumpseller(secret))
    expect((await send({ headers, body })).status).toBe(200)
    expect(seen).toMatchObject([
      { type: 'order_paid', payload: JSON.parse(body), unsigned: { 'jumpseller-store-code': 'mi-tienda' } },
    ])
  })

  it('never runs one body as two events, whatever the header names the second', async () => {
    const { send, seen } = receiving(jumpseller(secret))
    await send({ headers, body })
    for (const event of ['order_paid', 'order_canceled', 'order_updated'])
      await send({ headers: { ...headers, 'Jumpseller-Event': event }, body })
    expect(seen.map(({ type }) => type)).toEqual(['order_paid'])
  })

  it('sends another resource under its name at another time', async () => {
    const { sending } = jumpseller(secret)
    const at = new Date(1_795_633_156_000)
    expect(sending?.stamp?.({ customer: { id: 1, email: 'a@example.com' } }, at)).toEqual({
      customer: { id: 1_795_633_156_000, email: 'a@example.com' },
    })
  })
})
