import { describe, expect, it } from 'vitest'
import { apiKey, hmac, type RejectionCode, type WebhookRequest } from '../../src/index.ts'
import type { IncomingRequest } from '../../src/model/request.ts'
import { bench, bytesOf, incoming, paid, secret, signatureOf, signed, startAt } from '../support/acme.ts'
import { settled } from '../support/clock.ts'
import { lettersOf } from '../support/letters.ts'
import { inboxThat } from '../support/receiving.ts'

describe('refusals', () => {
  it('come in protocol order, each one hiding all that come after it', async () => {
    // Every fault at once; then they are mended one by one, and the next one shows.
    const wrong = {
      method: 'GET',
      coding: 'gzip',
      length: '999',
      signature: 'x',
      read: 'body-too-large' as const,
    }
    const expected: RejectionCode[] = [
      'method-not-allowed',
      'encoding-unsupported',
      'body-too-large',
      'header-malformed',
      'body-timeout',
      'signature-mismatch',
      'body-not-utf8',
      'time-past',
      'inbox-full',
    ]
    const { receiver, codes } = bench({ maxBodyBytes: 200, inbox: inboxThat(() => 'full') })
    const stale = bytesOf({ ...paid, at: '2020-01-01T00:00:00Z' })
    const notText = Buffer.from([0xff])
    const step = (mended: number): IncomingRequest => {
      const body = mended >= 8 ? bytesOf(paid) : mended >= 7 ? stale : notText
      const signature = mended >= 6 ? signatureOf(body) : mended >= 4 ? '0'.repeat(64) : wrong.signature
      const headers = [
        ...(mended >= 2 ? [] : ['Content-Encoding', wrong.coding]),
        ...(mended >= 3 ? [] : ['Content-Length', wrong.length]),
        'X-Acme-Signature',
        signature,
      ]
      return incoming(signed(body, headers), {
        method: mended >= 1 ? 'POST' : wrong.method,
        ...(mended >= 5 ? {} : { read: () => 'body-timeout' as const }),
      })
    }
    for (let mended = 0; mended < expected.length; mended++) await receiver.handle(step(mended))
    expect(codes()).toEqual(expected)
  })

  it('touch no store before authenticity is proven', async () => {
    let touched = 0
    const { receiver } = bench({ inbox: inboxThat(() => (touched++, 'accepted')) })
    for (let n = 0; n < 1_000; n++) {
      await receiver.handle(incoming(signed({ ...paid, id: `o-${n}` }, ['X-Acme-Signature', '0'.repeat(64)])))
    }
    expect(touched).toBe(0)
    await receiver.handle(incoming(signed(paid)))
    expect(touched).toBe(1)
  })
})

describe('the observation of a refusal', () => {
  const refusals = async (requests: readonly WebhookRequest[], ...of: Parameters<typeof bench>) => {
    const { receiver, observations } = bench(...of)
    for (const request of requests) await receiver.handle(incoming(request))
    return observations.filter(({ type }) => type === 'rejected')
  }
  const at = (ms: number) => new Date(Date.parse(startAt) + ms).toISOString()

  it('says of what is authentic which event it was, and by how many seconds it is off', async () => {
    const requests = [
      signed({ ...paid, at: at(-300_001) }),
      signed({ ...paid, at: at(60_500) }),
      signed({ ...paid, at: 'nonsense' }),
      signed(Buffer.from([0xff])),
    ]
    expect(await refusals(requests)).toEqual([
      expect.objectContaining({ authentic: true, code: 'time-past', event: 'order.paid', seconds: -301 }),
      expect.objectContaining({ authentic: true, code: 'time-future', event: 'order.paid', seconds: 61 }),
      expect.objectContaining({ authentic: true, code: 'time-malformed', event: 'order.paid' }),
      expect.objectContaining({ authentic: true, code: 'body-not-utf8' }),
    ])
    const conflict = await refusals([signed(paid), signed({ ...paid, amount: 13 })])
    expect(conflict).toMatchObject([
      { authentic: true, code: 'conflict', event: 'order.paid', id: expect.stringMatching(/^\S{22}$/) },
    ])
  })

  it('says of a stale delivery that is kept which one it is', async () => {
    expect(await refusals([signed({ ...paid, at: at(-400_000) })], { onStale: 'keep' })).toMatchObject([
      { authentic: true, code: 'time-past', seconds: -400, id: expect.stringMatching(/^\S{22}$/) },
    ])
  })

  it('says which header is missing, repeated, malformed or another than the body says', async () => {
    const scheme = hmac({
      header: 'X-Acme-Signature',
      secret,
      signs: [
        { header: 'X-Id', as: 'id' },
        { text: '.' },
        { header: 'X-Time', as: 'unix-seconds' },
        { text: '.' },
        { raw: 'body' },
      ],
    })
    const requests = [[], ['X-Id', 'a'], ['X-Id', 'a', 'X-Id', 'b'], ['X-Id', 'a.b']].map((headers) =>
      signed(paid, headers),
    )
    const found = await refusals([...requests, signed(paid, ['X-Acme-Signature', 'x'])], {}, { scheme })
    expect(found).toMatchObject([
      { authentic: false, code: 'header-missing', header: 'x-id' },
      { authentic: false, code: 'header-missing', header: 'x-time' },
      { authentic: false, code: 'header-repeated', header: 'x-id' },
      { authentic: false, code: 'header-malformed', header: 'x-id' },
      { authentic: false, code: 'header-malformed', header: 'x-acme-signature' },
    ])
    const bare = signed(paid, ['X-Acme-Signature', ''])
    const ofTheBody = { header: 'x-acme-session' }
    for (const [envelope, expected] of [
      [() => ({ code: 'header-mismatch', ...ofTheBody }), { code: 'header-mismatch', ...ofTheBody }],
      [() => ({ code: 'header-missing', header: 7 }), { code: 'header-missing' }],
      [() => ({ code: 'nonsense', ...ofTheBody }), { code: 'envelope-invalid' }],
    ] as const)
      expect(await refusals([signed(paid)], {}, { envelope: envelope as never })).toMatchObject([
        { ...expected, authentic: true },
      ])
    expect(await refusals([bare])).toMatchObject([{ code: 'header-missing', header: 'x-acme-signature' }])
    expect(await refusals([bare], {}, { scheme: apiKey({ key: secret }) })).toMatchObject([
      { code: 'header-missing', header: 'authorization' },
    ])
  })
})

describe('a stale delivery while the receiver closes', () => {
  it('is 503, for the sender to bring it to the next process, and nothing is kept of it here', async () => {
    const { receiver, codes, clock } = bench({ onStale: 'keep' })
    let finish: () => void = () => {}
    receiver.on('order.paid', () => new Promise<void>((resolve) => (finish = resolve)))
    await receiver.receive(signed(paid))
    await settled()
    const closed = receiver.close({ timeoutMs: 1_000 })
    const late = signed({ ...paid, id: 'o-2', at: '2025-12-10T15:00:00Z' })
    expect(await receiver.receive(late)).toMatchObject({ status: 503, code: 'closed' })
    expect(await lettersOf(receiver.inbox)).toEqual([])
    finish()
    await clock.advance(1_000)
    await closed
    expect(codes()).toEqual(['closed'])
  })
})
