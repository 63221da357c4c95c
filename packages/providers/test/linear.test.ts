import { describe, expect, it } from 'vitest'
import { linear, linearEventNames } from '../src/linear/index.ts'
import { bench, mac, now, secret } from './support/clouds.ts'

const issue = { action: 'create', type: 'Issue', data: { id: 'i1' }, webhookId: 'w1' }

function signed(payload: object, delivery = '234d1a4e') {
  const body = JSON.stringify(payload)
  return { body, headers: { 'Linear-Signature': mac(body), 'Linear-Delivery': delivery } }
}

describe('linear', () => {
  it('names every change of an entity, and the events that are no change', () => {
    expect(new Set(linearEventNames).size).toBe(69)
    expect(linearEventNames).toContain('ProjectUpdate.remove')
    expect(linearEventNames).toContain('IssueSLA.breached')
  })

  it('takes a retry, whose time is its own, for the same event, whatever its delivery says', async () => {
    const { events, send } = bench(linear(secret))
    const times = [now - 1_000, now - 2_000]
    for (const webhookTimestamp of times)
      expect((await send(signed({ ...issue, webhookTimestamp }, `${webhookTimestamp}`))).status).toBe(200)
    expect(events).toMatchObject([
      { type: 'Issue.create', unsigned: { 'linear-delivery': String(now - 1_000) } },
    ])
  })

  it('refuses an attempt that is old, and one without a time', async () => {
    const { events, send } = bench(linear(secret))
    expect((await send(signed({ ...issue, webhookTimestamp: now - 3_600_000 }))).status).toBe(401)
    expect((await send(signed(issue))).status).toBe(401)
    expect(events).toEqual([])
  })

  it('sends samples with the time of the attempt, in the payload alone', async () => {
    const { sending } = linear(secret)
    const samples = await sending?.samples()
    const at = new Date(now)
    for (const [name, sample] of Object.entries(samples ?? {})) {
      const payload = sending?.stamp?.(sample as never, at) ?? {}
      expect(payload).toMatchObject({ webhookTimestamp: now })
      expect(`${payload['type']}.${payload['action']}`).toBe(name)
      expect(sending?.headers?.(payload, at, name)).toMatchObject({ 'linear-event': payload['type'] })
    }
  })
})
