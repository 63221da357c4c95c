import { createReceiver, defineProvider, memoryInbox, systemClock } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { redcumbre, redcumbreTenant } from '../src/redcumbre/index.ts'
import {
  fixture,
  later,
  names,
  type Payload,
  receiverAt,
  request,
  secret,
  silent,
} from './support/redcumbre.ts'

describe("redcumbre's time", () => {
  const hour = 3_600_000
  const payload = fixture('bhe.emitida')
  const at = (ms: number): Payload => ({ ...later(payload, ms), bheId: `b${ms}` })

  it('is the event’s own: hours and days late it is accepted where idempotency keys outlive the process', async () => {
    const durable = Object.assign(memoryInbox(), {
      durability: 'durable',
      idempotencyKeys: 'durable',
    } as const)
    const { receive } = receiverAt(payload.timestamp, { inbox: durable })
    for (const lateMs of [6 * 60_000, hour, 20 * hour, 6 * 24 * hour])
      expect(await receive(at(-lateMs)), `${lateMs} ms late`).toMatchObject({ kind: 'accepted' })
    expect(await receive(at(-hour))).toMatchObject({ kind: 'duplicate' })
    expect(await receive(at(-8 * 24 * hour))).toMatchObject({ code: 'time-past' })
  })

  it('is fresh for five minutes where they do not', async () => {
    const { receive } = receiverAt(payload.timestamp)
    expect(await receive(at(-300_000))).toMatchObject({ kind: 'accepted' })
    expect(await receive(at(-300_001))).toMatchObject({ code: 'time-past' })
  })

  it('says for how long Redcumbre retries: six attempts over 31 s, each without an answer for 30 s', () => {
    const { limits, sending } = redcumbre(secret)
    const waits = sending?.attemptDelaysMs ?? []
    const timeoutMs = sending?.timeoutMs ?? 0
    expect(limits?.retriesForMs).toBe(waits.reduce((sum, ms) => sum + ms + timeoutMs, 0))
  })
})

describe("redcumbre's tenants", () => {
  it.each(names)(
    '%s of another tenant than the signer is refused, and one of its own is not',
    async (name) => {
      const payload = fixture(name)
      const own = String(redcumbreTenant(payload))
      for (const [tenant, status] of [
        [own, 200],
        [`${own}0`, 401],
      ] as const) {
        const provider = defineProvider({ ...redcumbre({ [tenant]: secret }), tenantOf: redcumbreTenant })
        const now = () => Date.parse(payload.timestamp)
        const receiver = createReceiver(provider, {
          inbox: memoryInbox({ maxIdempotencyKeys: 10 }),
          clock: { ...systemClock, now },
          logger: { debug: silent, info: silent, warn: silent, error: silent },
        })
        expect((await receiver.receive(request(JSON.stringify(payload)))).status).toBe(status)
      }
      expect(redcumbreTenant({ event: name })).toBeUndefined()
    },
  )
})
