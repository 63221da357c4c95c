import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sendgrid, sendgridEventNames } from '../src/sendgrid/index.ts'
import { bench, now, stamped, verdict } from './support/payments.ts'

/** From the tests of SendGrid's own library (`@sendgrid/eventwebhook` 8.0.0). */
const vector = {
  publicKey:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQ4LIFtWztlsF7skFqOncjD1lun4H5w8XOhyOArHW9RcIx/FfEzx6cikC/yPfUvwaX/JScE7Fc9CJD2afQ9Ok3Q==',
  signature:
    'MEYCIQC/I4o6vCgqRYrTljjoVWB/GRWNtxeePlLMHr3x9ETeRQIhAIpV+03nREPTTHWSW0wIOA0EoMPdcNgXa70yCaqDJlu5',
  timestamp: '1619651159',
  events: [
    {
      email: 'invalid@gmail.com',
      event: 'processed',
      send_at: 0,
      sg_event_id: 'cHJvY2Vzc2VkLTE5OTQyMTEyLXFOd0JMZ1BRUWpXNkRKdktRd1NBYnctMA',
      sg_message_id: 'qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0',
      'smtp-id': '<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>',
      timestamp: 1619651146,
    },
    {
      email: 'invalid@gmail.com',
      event: 'bounce',
      ip: '167.89.101.76',
      reason:
        '552 5.2.2 The email account that you tried to reach is over quota and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm c17si1130468pgv.34 - gsmtp',
      sg_event_id: 'Ym91bmNlLTAtMTk5NDIxMTItcU53QkxnUFFRalc2REp2S1F3U0Fidy0w',
      sg_message_id: 'qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0',
      'smtp-id': '<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>',
      status: '5.2.2',
      timestamp: 1619651147,
      tls: 1,
      type: 'blocked',
    },
  ],
}
const body = `${JSON.stringify(vector.events).replace('},{', '},\r\n{')}\r\n`
const headers = {
  'content-type': 'application/json',
  'X-Twilio-Email-Event-Webhook-Signature': vector.signature,
  'X-Twilio-Email-Event-Webhook-Timestamp': vector.timestamp,
}
const tolerance = { pastMs: 604_800_000 }
const clock = {
  now: () => Number(vector.timestamp) * 1000,
  monotonic: () => performance.now(),
  schedule: () => () => {},
}

describe('sendgrid', () => {
  it("verifies the vector of SendGrid's library, and handles each event of its list once", async () => {
    const { post, events } = bench(sendgrid(vector.publicKey), { clock, tolerance })
    expect(verdict(await post(body, headers))).toBe('accepted')
    expect(await events()).toMatchObject([
      { type: 'processed', payload: vector.events[0] },
      { type: 'bounce', payload: vector.events[1] },
    ])
    expect(verdict(await post(body, headers))).toBe('duplicate')
    expect(await events()).toEqual([])
  })

  it('verifies the bytes, with the last line break, and the time', async () => {
    const { post } = bench(sendgrid(vector.publicKey), { clock })
    expect(verdict(await post(body.trimEnd(), headers))).toBe('signature-mismatch')
    const later = { ...headers, 'X-Twilio-Email-Event-Webhook-Timestamp': '1619651160' }
    expect(verdict(await post(body, later))).toBe('signature-mismatch')
  })

  it('has samples in the form of its documents, each another event at another time', async () => {
    const provider = sendgrid(vector.publicKey)
    const [first] = await stamped(provider)
    const [second] = await stamped(provider, new Date(now + 1_000))
    expect(first?.[0]).toBe('processed')
    expect(second?.[1]).toMatchObject({ timestamp: Math.floor(now / 1000) + 1 })
    expect(second?.[1]['sg_event_id']).not.toBe(first?.[1]['sg_event_id'])
    expect(provider.sending?.encode?.({ event: 'open' }).body).toBe('[{"event":"open"}]\r\n')
    for (const [event] of await stamped(provider)) expect(sendgridEventNames).toContain(event)
  })

  it('throws without a key, with both, and on an unknown option', () => {
    expect(() => sendgrid(undefined)).toThrow(TypeError)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => sendgrid(vector.publicKey, { privateKey })).toThrow('not both')
    expect(() => sendgrid(undefined, { privatKey: privateKey } as never)).toThrow("'privatKey'")
  })
})
