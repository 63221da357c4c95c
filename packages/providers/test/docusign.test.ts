import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { docusign, docusignEventNames } from '../src/docusign/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

const payload = {
  event: 'recipient-completed',
  apiVersion: 'v2.1',
  uri: '/restapi/v2.1/accounts/a/envelopes/b',
  retryCount: 0,
  configurationId: 1,
  generatedDateTime: '2021-10-01T21:58:45.2187418Z',
  data: { envelopeId: 'b', recipientId: '1' },
}

describe('docusign', () => {
  it('takes the signature of our key in whichever of the ten headers it stands', async () => {
    const { post } = bench(docusign(secret))
    const body = JSON.stringify(payload)
    const ours = createHmac('sha256', secret).update(body).digest('base64')
    const anothers = Buffer.alloc(32).toString('base64')
    const first = { 'X-DocuSign-Signature-1': anothers }
    expect(verdict(await post(body, first))).toBe('signature-mismatch')
    expect(verdict(await post(body, { ...first, 'X-DocuSign-Signature-10': ours }))).toBe('accepted')
    expect(verdict(await post(body, {}))).toBe('header-missing')
  })

  it('takes a retry for the same message, and two recipients for two', async () => {
    const { send } = bench(docusign(secret))
    expect(verdict(await send({ payload }))).toBe('accepted')
    expect(verdict(await send({ payload: { ...payload, retryCount: 3 } }))).toBe('duplicate')
    const other = { ...payload, data: { ...payload.data, recipientId: '2' } }
    expect(verdict(await send({ payload: other }))).toBe('accepted')
  })

  it('hands on every sample', async () => {
    const provider = docusign(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, each] of samples) await send({ payload: each })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
    expect(new Set(docusignEventNames).size).toBe(docusignEventNames.length)
  })
})
