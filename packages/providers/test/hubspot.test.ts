import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type HubspotOptions, hubspot, hubspotEventNames } from '../src/hubspot/index.ts'
import { bench, now, secret, stamped, verdict } from './support/payments.ts'

const publicUrl = 'https://app.example.cl/webhooks/hubspot'

/** As HubSpot's documents have it: method, URI, body and time, in base64. */
function signed(url: string, body: string, at = now): Record<string, string> {
  const text = `POST${url}${body}${at}`
  return {
    'X-HubSpot-Signature-v3': createHmac('sha256', secret).update(text).digest('base64'),
    'X-HubSpot-Request-Timestamp': String(at),
  }
}

const event = { eventId: 1, subscriptionType: 'contact.creation', objectId: 123, attemptNumber: 0 }

describe('hubspot', () => {
  it('takes the third version of the signature, of method, URL, body and time', async () => {
    const { post } = bench(hubspot(secret, { publicUrl }))
    const body = JSON.stringify([event])
    expect(verdict(await post(body, signed('https://evil.example/', body)))).toBe('signature-mismatch')
    expect(verdict(await post(body, signed(publicUrl, body)))).toBe('accepted')
    expect(verdict(await post(body, signed(publicUrl, body, now - 300_001)))).toBe('time-past')
    expect(verdict(await post(body, signed(`${publicUrl}?shop=1`, body), '/?shop=1'))).toBe('duplicate')
  })

  it('decodes those characters of the address that HubSpot decodes, and no others', async () => {
    const { post } = bench(hubspot(secret, { publicUrl: `${publicUrl}/a%2fb%3A%20c%28d%29` }))
    const body = JSON.stringify([event])
    expect(verdict(await post(body, signed(`${publicUrl}/a/b:%20c(d)`, body)))).toBe('accepted')
  })

  it('tells events by their content, since their ids repeat, and a retry by it without its number', async () => {
    const { send, post, events } = bench(hubspot(secret, { publicUrl }))
    const batch = JSON.stringify([event, { ...event, objectId: 124 }])
    expect(verdict(await post(batch, signed(publicUrl, batch)))).toBe('accepted')
    expect(await events()).toHaveLength(2)
    const headers = { 'x-hubspot-request-timestamp': String(now) }
    expect(verdict(await send({ payload: { ...event, attemptNumber: 1 }, headers }))).toBe('duplicate')
  })

  it('hands on every sample', async () => {
    const provider = hubspot(secret, { publicUrl })
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    const headers = { 'x-hubspot-request-timestamp': String(now) }
    for (const [, payload] of samples) await send({ payload, headers })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([name]) => name))
    expect(new Set(hubspotEventNames).size).toBe(hubspotEventNames.length)
  })

  it('throws without an address, and for an unknown option', () => {
    expect(() => hubspot(secret, {} as HubspotOptions)).toThrow(/publicUrl/)
    expect(() => hubspot(secret, { url: publicUrl } as unknown as HubspotOptions)).toThrow(/no option/)
  })
})
