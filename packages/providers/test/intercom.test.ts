import { describe, expect, it } from 'vitest'
import { intercom, intercomTopics } from '../src/intercom/index.ts'
import { bench, mac, secret } from './support/clouds.ts'

const created = {
  type: 'notification_event',
  app_id: 'a',
  id: 'notif_78c1',
  topic: 'contact.user.created',
  delivery_status: 'pending',
  delivery_attempts: 1,
  data: { type: 'notification_event_data', item: { type: 'contact', id: 'c' } },
}

function signed(payload: object) {
  const body = JSON.stringify(payload)
  return { body, headers: { 'X-Hub-Signature': `sha1=${mac(body, 'hex', 'sha1')}` } }
}

describe('intercom', () => {
  it('names no topic twice', () => {
    expect(new Set(intercomTopics).size).toBe(95)
  })

  it('answers the validation of the URL', async () => {
    const { events, send } = bench(intercom(secret))
    expect(await send({ method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
    expect(events).toEqual([])
  })

  it('takes a retry for the same event, and its content for no other', async () => {
    const { events, observations, send } = bench(intercom(secret))
    await send(signed(created))
    const retry = { ...created, delivery_attempts: 2, delivery_status: 'retry', first_sent_at: 1 }
    expect((await send(signed(retry))).status).toBe(200)
    const another = { ...created, data: { item: { type: 'contact', id: 'another' } } }
    expect((await send(signed(another))).status).toBe(409)
    expect(events).toMatchObject([{ type: 'contact.user.created', payload: created }])
    expect(observations.map(({ type }) => type)).toContain('duplicate')
  })

  it('takes pings, which have no id, for one where they say the same', async () => {
    const { events, send } = bench(intercom(secret))
    const ping = { ...created, id: null, topic: 'ping', data: { item: { type: 'ping', message: 'uno' } } }
    await send(signed(ping))
    await send(signed(ping))
    await send(signed({ ...ping, data: { item: { type: 'ping', message: 'dos' } } }))
    expect(events).toMatchObject([{ type: 'ping' }, { type: 'ping' }])
  })

  it('refuses a signature of SHA-256', async () => {
    const { send } = bench(intercom(secret))
    const body = JSON.stringify(created)
    expect((await send({ body, headers: { 'X-Hub-Signature': `sha256=${mac(body)}` } })).status).toBe(401)
    expect((await send({ body, headers: { 'X-Hub-Signature': `sha1=${mac(body)}` } })).status).toBe(401)
  })

  it('sends samples, each with an id of its own, and a ping without', async () => {
    const { sending } = intercom(secret)
    for (const [topic, sample] of Object.entries((await sending?.samples()) ?? {})) {
      const payload = sending?.stamp?.(sample as never, new Date(7_000))
      expect(payload).toMatchObject({ topic, created_at: 7 })
      expect(payload?.['id']).toEqual(topic === 'ping' ? null : expect.stringMatching(/-7000$/))
    }
  })
})
