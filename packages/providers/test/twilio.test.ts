import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type TwilioOptions, twilio, twilioEventNames } from '../src/twilio/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

const publicUrl = 'https://app.example.cl/webhooks/twilio'
const form = 'application/x-www-form-urlencoded'

/** As Twilio's documents have it: the address, then each name and value in the order of names. */
function signatureOf(url: string, parameters: Record<string, string>): string {
  const text = Object.keys(parameters)
    .sort()
    .reduce((all, name) => all + name + parameters[name], url)
  return createHmac('sha1', secret).update(text).digest('base64')
}

const message = { MessageSid: 'SM1', From: '+15005550006', To: '+15005550001', Body: 'hola ñ & adiós' }

describe('twilio', () => {
  it('takes the HMAC of address and sorted parameters, and answers TwiML', async () => {
    const { post, events } = bench(twilio(secret, { publicUrl }))
    const headers = { 'content-type': form, 'X-Twilio-Signature': signatureOf(publicUrl, message) }
    expect(await post(new URLSearchParams(message).toString(), headers)).toMatchObject({
      kind: 'accepted',
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<Response/>',
    })
    expect(await events()).toMatchObject([{ type: 'message.received', payload: message }])
  })

  it('takes the query that came as part of the address', async () => {
    const { post } = bench(twilio(secret, { publicUrl }))
    const signature = signatureOf(`${publicUrl}?step=2`, message)
    const headers = { 'content-type': form, 'X-Twilio-Signature': signature }
    const body = new URLSearchParams(message).toString()
    expect(verdict(await post(body, headers, '/?step=3'))).toBe('signature-mismatch')
    expect(verdict(await post(body, headers, '/?step=2'))).toBe('accepted')
  })

  it('never runs a captured request again with its parameters cut elsewhere', async () => {
    const { post, events } = bench(twilio(secret, { publicUrl }))
    const headers = { 'content-type': form, 'X-Twilio-Signature': signatureOf(publicUrl, message) }
    const body = new URLSearchParams(message).toString()
    await post(body, headers)
    const cut = body.replace('MessageSid=SM1', 'MessageSi=dSM1')
    expect(cut).not.toBe(body)
    expect(verdict(await post(cut, headers))).not.toBe('accepted')
    expect(await events()).toHaveLength(1)
  })

  it('hands on every sample under the name that follows from its parameters', async () => {
    const provider = twilio(secret, { publicUrl })
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload] of samples) await send({ payload })
    const types = (await events()).map(({ type }) => type)
    expect(types).toEqual(samples.map(([event]) => event))
    expect(types).toEqual(twilioEventNames)
    for (const [, payload] of samples) {
      const sids = Object.entries(payload).filter(([name]) => /^(?:Message|Call|Recording)Sid$/.test(name))
      expect(sids.map(([, sid]) => String(sid).length)).toEqual(sids.map(() => 34))
    }
  })

  it('refuses a JSON body, which Twilio signs another way', async () => {
    const { post } = bench(twilio(secret, { publicUrl }))
    const signature = signatureOf(`${publicUrl}?bodySHA256=abc`, {})
    const headers = { 'content-type': 'application/json', 'X-Twilio-Signature': signature }
    expect(verdict(await post('{"a":1}', headers, '/?bodySHA256=abc'))).toBe('signature-mismatch')
  })

  it('throws without an address, and for an unknown option', () => {
    expect(() => twilio(secret, {} as TwilioOptions)).toThrow(/publicUrl/)
    expect(() => twilio(secret, { url: publicUrl } as unknown as TwilioOptions)).toThrow(/no option/)
  })
})
