import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { discord } from '../src/discord/index.ts'
import { bench, now } from './support/clouds.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const hexKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')

function signed(payload: object, seconds = Math.floor(now / 1000)) {
  const body = JSON.stringify(payload)
  const headers = {
    'X-Signature-Timestamp': String(seconds),
    'X-Signature-Ed25519': sign(null, Buffer.from(`${seconds}${body}`), privateKey).toString('hex'),
  }
  return { body, headers }
}

const command = { id: '99', application_id: '2', type: 2, data: { name: 'boleta' } }
const authorized = {
  version: 1,
  application_id: '2',
  type: 1,
  event: {
    type: 'APPLICATION_AUTHORIZED',
    timestamp: '2026-11-25T18:59:16.064834',
    data: { user: { id: '1' } },
  },
}

describe('discord', () => {
  it('answers both kinds of PING, and stores nothing', async () => {
    const { events, send } = bench(discord(hexKey))
    const interaction = await send(signed({ id: '1', application_id: '2', type: 1, version: 1 }))
    expect(interaction).toMatchObject({ status: 200, text: '{"type":1}' })
    expect(interaction.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await send(signed({ version: 1, application_id: '2', type: 0 }))).toMatchObject({
      status: 204,
      text: '',
    })
    expect(events).toEqual([])
  })

  it('refuses a PING with a wrong signature, as Discord tries', async () => {
    const { send } = bench(discord(hexKey))
    const { body, headers } = signed({ version: 1, application_id: '2', type: 0 })
    expect((await send({ body: body.replace('0', '1'), headers })).status).toBe(401)
    expect((await send({ body })).status).toBe(401)
  })

  it('names interactions by what a user did', async () => {
    const { events, send } = bench(discord(hexKey))
    for (const type of [2, 3, 4, 5]) await send(signed({ ...command, id: String(type), type }))
    expect(events.map(({ type }) => type)).toEqual(['command', 'component', 'autocomplete', 'modal'])
    expect((await send(signed({ ...command, type: 6 }))).status).toBe(400)
  })

  it('answers an interaction with what its responder returns', async () => {
    const { receiver, send } = bench(discord(hexKey), { ack: 'handled' })
    receiver.respond('command', ({ payload }) => ({ type: 4, data: { content: `/${payload.data?.name}` } }))
    const answer = await send(signed(command))
    expect(answer).toMatchObject({ status: 200, text: '{"type":4,"data":{"content":"/boleta"}}' })
  })

  it('answers an event with an empty 204, and runs its retry no more', async () => {
    const { events, send } = bench(discord(hexKey))
    for (const seconds of [1_795_633_150, 1_795_633_156])
      expect(await send(signed(authorized, seconds))).toMatchObject({ status: 204, text: '' })
    expect(events).toMatchObject([{ type: 'APPLICATION_AUTHORIZED', payload: authorized }])
  })

  it('signs with a private key, for tests, and sends samples that differ by time', async () => {
    const provider = discord(undefined, { privateKey })
    const { events, send } = bench(provider)
    const { sending, scheme } = provider
    const at = new Date(now)
    const samples = Object.entries((await sending?.samples()) ?? {})
    for (const [, sample] of samples) {
      const body = JSON.stringify(sending?.stamp?.(sample as never, at))
      const headers = scheme.sign?.(Buffer.from(body), { at }) ?? {}
      expect((await send({ body, headers })).status).toBe(204)
    }
    expect(events.map(({ type }) => type)).toEqual(samples.map(([name]) => name))
  })

  it('throws without a key, or with one of another kind', () => {
    expect(() => discord(undefined)).toThrow(TypeError)
    expect(() => discord('abc')).toThrow(TypeError)
    expect(() => discord(hexKey, { privateKey })).toThrow(TypeError)
  })
})
