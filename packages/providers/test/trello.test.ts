import { describe, expect, it } from 'vitest'
import { trello, trelloActionTypes } from '../src/trello/index.ts'
import { bench, mac, secret } from './support/clouds.ts'

const publicUrl = 'https://app.example.cl/webhooks/trello'
const event = {
  action: { id: '51f9424bcd6e040f3c002412', type: 'createCard', date: '2026-11-25T18:59:16.000Z', data: {} },
  model: { id: '4d5ea62fd76aa1136000000c' },
  webhook: { id: '5bb7e39bf1b2c3d4e5f60716', consecutiveFailures: 0, firstConsecutiveFailDate: null },
}

function signed(payload: object, callbackUrl = publicUrl) {
  const body = JSON.stringify(payload)
  return { body, headers: { 'X-Trello-Webhook': mac(body + callbackUrl, 'base64', 'sha1') } }
}

describe('trello', () => {
  it('names no action twice', () => {
    expect(new Set(trelloActionTypes).size).toBe(81)
  })

  it('answers the validation of the URL', async () => {
    const { send } = bench(trello(secret, { publicUrl }))
    expect(await send({ method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  })

  it('proves the body with the callbackURL and its query, never with the Host that was asked', async () => {
    const { events, send } = bench(trello(secret, { publicUrl: 'https://otra.example.cl/trello' }))
    const query = '?memberID=14&mainModel=true'
    const request = signed(event, `https://otra.example.cl/trello${query}`)
    expect((await send({ ...request, url: `/webhooks/trello${query}` })).status).toBe(200)
    expect((await send({ ...request, url: '/webhooks/trello?memberID=15' })).status).toBe(401)
    expect((await send(signed(event))).status).toBe(401)
    expect(events).toMatchObject([{ type: 'createCard', payload: event }])
  })

  it('takes a retry for the same event, and the same action of another watched model for another', async () => {
    const { events, send } = bench(trello(secret, { publicUrl }))
    const firstConsecutiveFailDate = '2026-11-25T18:59:16.000Z'
    const retry = {
      ...event,
      webhook: { ...event.webhook, consecutiveFailures: 1, firstConsecutiveFailDate },
    }
    const ofCard = { ...event, model: { id: '5bb7e3a1f1b2c3d4e5f60718' } }
    for (const payload of [event, retry, ofCard]) expect((await send(signed(payload))).status).toBe(200)
    expect(events.map(({ payload }) => payload)).toEqual([event, ofCard])
  })

  it('needs the address that Trello was given', () => {
    expect(() => trello(secret, { publicUrl: 'app.example.cl' })).toThrow(TypeError)
    expect(() => trello(secret, { publicUrl: `${publicUrl}?memberID=14` })).toThrow(TypeError)
  })

  it('sends samples, each of an action of its own', async () => {
    const { sending } = trello(secret, { publicUrl })
    for (const [type, sample] of Object.entries((await sending?.samples()) ?? {}))
      expect(sending?.stamp?.(sample as never, new Date(7))).toMatchObject({
        action: { type, id: '000000000000000000000007', date: '1970-01-01T00:00:00.007Z' },
      })
  })
})
