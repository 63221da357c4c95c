import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../src/index.ts'
import { bench, incoming, paid, secret, signed, startAt } from '../support/acme.ts'
import { settled } from '../support/clock.ts'

describe('tolerance', () => {
  it.each([
    [0, 200],
    [-300_000, 200],
    [-300_001, 401],
    [60_000, 200],
    [60_001, 401],
  ])('of a delivery signed %i ms from now: %i', async (offset, status) => {
    const { receiver } = bench()
    const at = new Date(Date.parse(startAt) + offset).toISOString()
    expect((await receiver.receive(signed({ ...paid, at }))).status).toBe(status)
  })

  it('follows the wall clock when it steps', async () => {
    const { receiver, clock } = bench()
    clock.stepWall(600_000)
    expect((await receiver.receive(signed(paid))).status).toBe(401)
    clock.stepWall(-600_000)
    expect((await receiver.receive(signed(paid))).status).toBe(200)
  })

  it('is not asked for where the provider states no time, or lets it be left out', async () => {
    const none = bench({}, { time: undefined as never })
    expect((await none.receiver.receive(signed({ ...paid, at: 'nonsense' }))).status).toBe(200)
    const optional = bench({}, { time: { of: 'event', format: 'rfc3339', required: false, signed: true } })
    expect((await optional.receiver.receive(signed({ ...paid, at: undefined }))).status).toBe(200)
    expect((await optional.receiver.receive(signed({ ...paid, at: 'nonsense' }))).status).toBe(401)
  })
})

describe('a receiver', () => {
  it('answers with a value, not a promise, when its inbox does', () => {
    expect(bench().receiver.receive(signed(paid))).toMatchObject({ status: 200 })
  })

  it('tells its observer what it does, and no observer or logger can change an answer by throwing', async () => {
    const { receiver, observations } = bench({ handle: 'all' })
    await receiver.receive(signed(paid))
    await receiver.receive(signed(paid))
    await settled()
    expect(observations).toMatchObject([
      { type: 'accepted', provider: 'acme', event: 'order.paid', keyId: 'default' },
      { type: 'duplicate', event: 'order.paid' },
      { type: 'handled', attempt: 1, handlers: 0 },
    ])
    const broken = (): never => {
      throw new Error('observer')
    }
    for (const options of [
      { observer: broken },
      { logger: { debug: broken, info: broken, warn: broken, error: broken } },
    ]) {
      const other = bench(options)
      expect((await other.receiver.receive(signed(paid))).status).toBe(200)
      expect((await other.receiver.receive(signed(paid, ['X-Acme-Signature', 'x']))).status).toBe(401)
    }
  })

  it('never puts the secret or the payload into an observation or the log', async () => {
    const lines: string[] = []
    const log = (details: object, message: string) => lines.push(JSON.stringify(details), message)
    const { receiver, observations } = bench({ logger: { debug: log, info: log, warn: log, error: log } })
    receiver.on('order.paid', () => {
      throw new Error('handler')
    })
    for (const request of [
      signed({ ...paid, note: 'hunter2' }),
      signed(paid, ['X-Acme-Signature', 'x']),
      signed('hunter2'),
    ]) {
      await receiver.handle(incoming(request))
    }
    await settled()
    const output = lines.join('\n') + JSON.stringify(observations)
    for (const hidden of [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64'),
      'hunter2',
    ]) {
      expect(output).not.toContain(hidden)
    }
  })

  it('knows its path with and without a trailing slash, and case matters', () => {
    const { receiver } = bench()
    expect(['/webhooks/acme', '/webhooks/acme/'].every((path) => receiver.answers(path))).toBe(true)
    for (const path of [
      '/',
      '',
      '/webhooks',
      '/webhooks/Acme',
      '/webhooks/acme//',
      '/webhooks/acme/x',
      '/webhooks/acmee',
    ]) {
      expect(receiver.answers(path), path).toBe(false)
    }
    const slashed = bench({ path: '/hooks/' }).receiver
    expect(slashed.answers('/hooks') && slashed.answers('/hooks/')).toBe(true)
    expect(bench({ path: '/' }).receiver.answers('/')).toBe(true)
  })

  it('refuses with 503 once it is closed, lets its handlers finish, and closes its inbox', async () => {
    const { receiver, codes } = bench()
    let finished = false
    receiver.on('order.paid', async () => {
      await settled()
      finished = true
    })
    await receiver.receive(signed(paid))
    await receiver.close()
    expect(finished).toBe(true)
    expect((await receiver.receive(signed({ ...paid, id: 'o-2' }))).status).toBe(503)
    expect(codes()).toEqual(['closed'])
    await expect(async () => receiver.inbox?.accept({} as Delivery, { minRetentionMs: 1 })).rejects.toThrow(
      'closed',
    )
    await bench().receiver.close({ timeoutMs: 1 })
  })

  it.each([{}, { ack: 'handled', inbox: undefined as never }] as const)(
    'refuses to close within what is no time and goes on; two closes at once both wait for its handlers (%o)',
    async (options) => {
      const { receiver } = bench(options)
      let finish = () => {}
      receiver.on('order.paid', () => new Promise<void>((resolve) => (finish = resolve)))
      for (const timeoutMs of [Number.NaN, -1, Number.POSITIVE_INFINITY, '5' as never])
        await expect(receiver.close({ timeoutMs })).rejects.toThrow(TypeError)
      const answer = receiver.receive(signed(paid))
      await settled()
      const ended: string[] = []
      const closes = ['first', 'second'].map((name) => receiver.close().then(() => ended.push(name)))
      await settled()
      expect(ended).toEqual([])
      finish()
      await Promise.all(closes)
      expect((await answer).status).toBe(200)
    },
  )
})
