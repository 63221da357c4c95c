import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { standardWebhooks } from '../src/standard-webhooks/index.ts'
import { receiverOf, requestOf, sentBy } from './support/inbound.ts'

const now = 1_795_633_156_000
const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
const body = '{"type":"contact.created","timestamp":"2026-11-25T18:59:16.447Z","data":{"id":"c1"}}'

/** `v1a,…` over the body, as the specification has it. */
function v1a(id: string, key = privateKey): string {
  const signed = Buffer.from(`${id}.${now / 1_000}.${body}`)
  return `v1a,${sign(null, signed, key).toString('base64')}`
}

function headers(id: string, signature: string): Record<string, string> {
  return { 'webhook-id': id, 'webhook-timestamp': String(now / 1_000), 'webhook-signature': signature }
}

describe('standardWebhooks', () => {
  it('verifies the vector of the libraries of the specification, whose payload has no type', async () => {
    const provider = standardWebhooks('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    const { post, accepted } = receiverOf(provider, 1_614_265_330_000)
    const outcome = await post('{"test": 2432232314}', {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
    expect(outcome).toMatchObject({ kind: 'accepted' })
    expect(accepted()).toEqual(['message'])
  })

  it.each([
    ['whpk_ and base64', `whpk_${raw}`],
    ['a list', ['whpk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', `whpk_${raw}`]],
    ['a map', { current: `whpk_${raw}` }],
    ['a function of the request', (_: unknown) => `whpk_${raw}`],
    ['a PEM', publicKey.export({ format: 'pem', type: 'spki' }).toString()],
    ['a KeyObject', publicKey],
    ['a JWK', publicKey.export({ format: 'jwk' })],
  ])('takes the public key as %s', (_, key) => {
    const { scheme } = standardWebhooks({ publicKey: key as string })
    expect(scheme.verify(requestOf(body, headers('msg_1', v1a('msg_1'))))).toHaveProperty('keyId')
    expect(scheme.verify(requestOf(body, headers('msg_2', v1a('msg_1'))))).not.toHaveProperty('keyId')
  })

  it('takes either signature where it has both keys, and neither of a stranger', async () => {
    const both = { secret, publicKey: `whpk_${raw}` }
    const { post } = receiverOf(standardWebhooks(both), now)
    const v1 = standardWebhooks(secret).scheme.sign?.(Buffer.from(body), { headers: headers('msg_1', '') })
    const mac = v1?.['webhook-signature'] ?? ''
    const forged = `v1,${Buffer.alloc(32, 1).toString('base64')}`
    const strange = v1a(
      'msg_1',
      createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })),
    )
    expect(await post(body, headers('msg_1', mac))).toMatchObject({ kind: 'accepted' })
    expect(await post(body, headers('msg_1', v1a('msg_1')))).toMatchObject({ kind: 'duplicate' })
    expect(await post(body, headers('msg_1', `${forged} ${v1a('msg_1')}`))).toMatchObject({
      kind: 'duplicate',
    })
    expect(await post(body, headers('msg_1', `${forged} ${strange}`))).toMatchObject({ status: 401 })
    expect(await post(body, headers('msg_2', `${mac} ${v1a('msg_1')}`))).toMatchObject({ status: 401 })
  })

  it('signs as the sender does with its private key', async () => {
    const { scheme } = standardWebhooks({ privateKey })
    const { 'webhook-id': id = '', 'webhook-timestamp': time = '' } = headers('msg_1', '')
    const sent = scheme.sign?.(Buffer.from(body), {
      headers: { 'webhook-id': id, 'webhook-timestamp': time },
    })
    expect(sent).toEqual(headers('msg_1', v1a('msg_1')))
    expect(() => standardWebhooks({ privateKey, publicKey })).toThrow('not both')
  })

  it('does not take a signature of one kind for the other', async () => {
    const { post } = receiverOf(standardWebhooks({ publicKey: `whpk_${raw}` }), now)
    const relabelled = v1a('msg_1').replace('v1a,', 'v1,')
    expect(await post(body, headers('msg_1', relabelled))).toMatchObject({ status: 401 })
  })

  it('is named for its sender, and knows the events that it is told', async () => {
    const provider = standardWebhooks<{ 'contact.created': { readonly data: { readonly id: string } } }>({
      name: 'acme',
      secret,
      events: ['contact.created'],
    })
    expect(provider).toMatchObject({ name: 'acme', path: '/webhooks/acme' })
    expect(standardWebhooks({ secret, path: '/hooks' })).toMatchObject({
      name: 'standard-webhooks',
      path: '/hooks',
    })
    const { receiver, post } = receiverOf(provider)
    const ids: string[] = []
    receiver.on('contact.created', ({ payload }) => ids.push(payload.data.id))
    await post(...(await sentBy(provider, 'contact.created')))
    await receiver.onIdle()
    expect(ids).toEqual(['1f81eb52-5198-4599-803e-771906343485'])
  })

  it('waits for a sender for the 75 h 35 min 5 s of the example, and its ten time-outs', () => {
    expect(standardWebhooks(secret).limits?.retriesForMs).toBe((75 * 3_600 + 35 * 60 + 5 + 300) * 1_000)
  })

  it('takes secrets by name', () => {
    const { scheme } = standardWebhooks({ current: secret, next: `${secret.slice(0, -8)}QUJDREVG` })
    const proof = scheme.sign?.(Buffer.from(body), { headers: headers('msg_1', '') })
    expect(scheme.verify(requestOf(body, headers('msg_1', proof?.['webhook-signature'] ?? '')))).toEqual({
      keyId: 'current',
    })
  })

  it.each<[string, unknown]>([
    ['no secret', undefined],
    ['a secret that is not set', { secret: undefined }],
    ['a public key that is not set, beside a secret', { secret, publicKey: undefined }],
    ['an unknown option', { secret, tolerance: 5 }],
    ['a private key', { publicKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }],
  ])('throws on %s', (_, keys) => {
    expect(() => standardWebhooks(keys as string)).toThrow(TypeError)
  })
})
