import { beforeAll, describe, expect, it } from 'vitest'
import type { CaptureOptions, RefusedRequest } from '../../src/capture-file.ts'
import { apiKey, fromRawHeaders, hmac } from '../../src/index.ts'
import { type acme, bench, incoming, paid, secret, signed } from '../support/acme.ts'
import type { ManualClock } from '../support/clock.ts'

/** A receiver that captures, and what it kept each time. */
function capturing(options: Partial<CaptureOptions> = {}, changes: Parameters<typeof acme>[0] = {}) {
  const kept: (readonly RefusedRequest[])[] = []
  const keep = (requests: readonly RefusedRequest[]) => void kept.push(requests)
  const errors: string[] = []
  const silent = (): void => {}
  const logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (_: unknown, message: string) => void errors.push(message),
  }
  const made = bench({ logger, capture: { refused: 3, keep, ...options } }, changes)
  return { ...made, kept, errors }
}

const forged = (id: string, headers: readonly string[] = []) =>
  signed({ ...paid, id }, ['X-Acme-Signature', 'a'.repeat(64), ...headers])
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** What keeps them is loaded where it is asked for; here it is loaded before, and takes no more than promises. */
beforeAll(() => import('../../src/receiver/captures.ts'))

async function later(clock: ManualClock, ms: number): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await settle()
  await clock.advance(ms)
}

describe('the option capture', () => {
  it('keeps refused requests as they came, after the answer, and none that was accepted', async () => {
    const { receiver, clock, kept } = capturing()
    const request = forged('o-9', ['Content-Type', 'application/json'])
    expect(await receiver.handle(incoming(request))).toMatchObject({ status: 401 })
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({ status: 200 })
    expect(kept).toEqual([])
    await later(clock, 0)
    expect(kept).toEqual([
      [
        {
          at: '2025-12-10T15:30:00.000Z',
          endpoint: 'acme',
          provider: 'acme',
          code: 'signature-mismatch',
          status: 401,
          method: 'POST',
          url: '/webhooks/acme',
          headers: [
            ['x-acme-signature', 'a'.repeat(64)],
            ['content-type', 'application/json'],
          ],
          redacted: [],
          body: request.body,
          bodyBytes: request.body.byteLength,
        },
      ],
    ])
  })

  it('keeps those of receive, and where no body was read; none of browsers, and none that a fault of ours refused', async () => {
    const { receiver, clock, kept } = capturing({ refused: 10 })
    await receiver.receive(forged('o-1'))
    await receiver.handle(incoming(signed(paid, ['X-Acme-Signature', 'none'])))
    await receiver.handle(incoming({ ...signed(paid), method: 'GET' }))
    await receiver.handle(incoming(signed(paid), { read: () => 'body-consumed' }))
    await later(clock, 0)
    expect(kept[0]?.map(({ code, bodyBytes }) => [code, bodyBytes])).toEqual([
      ['signature-mismatch', forged('o-1').body.byteLength],
      ['header-malformed', undefined],
    ])
  })

  it('is a line of the log where it cannot be made: requests are answered, and the receiver closes', async () => {
    let isBroken = false
    const scheme = Object.defineProperty({ ...hmac({ header: 'X-Acme-Signature', secret }) }, 'headers', {
      get() {
        if (isBroken) throw new Error('no names here')
        return ['x-acme-signature']
      },
    })
    const { receiver, clock, kept, errors } = capturing({}, { scheme })
    // It is made when its room is loaded.
    isBroken = true
    await later(clock, 0)
    isBroken = false
    expect(await receiver.handle(incoming(forged('o-1')))).toMatchObject({ status: 401 })
    await receiver.close()
    expect([kept, errors]).toEqual([
      [],
      [expect.stringContaining('no refused requests are kept: Error: no names here')],
    ])
  })

  it('keeps those of an asynchronous scheme', async () => {
    const scheme = { ...hmac({ header: 'X-Acme-Signature', secret }), prepare: async () => undefined }
    const { receiver, clock, kept } = capturing({}, { scheme })
    await receiver.receive(forged('o-1'))
    await later(clock, 0)
    expect(kept[0]?.length).toBe(1)
  })

  it('keeps no more than it may, of a flood of one code no other: memory and writes are bounded', async () => {
    const { receiver, clock, kept } = capturing({ maxBodyBytes: 10 })
    await receiver.receive(signed({ ...paid, at: '2020-01-01T00:00:00Z' }))
    for (let count = 0; count < 1_000; count++) await receiver.receive(forged(`o-${count}`))
    await later(clock, 0)
    expect(kept.length).toBe(1)
    await later(clock, 1_000)
    for (let count = 0; count < 20; count++) await receiver.receive(forged(`p-${count}`))
    await later(clock, 0)
    expect(kept.length).toBe(2)
    for (let count = 0; count < 20; count++) await receiver.receive(forged(`q-${count}`))
    await later(clock, 999)
    expect(kept.length).toBe(2)
    await later(clock, 1)
    expect(kept.length).toBe(3)
    const [first = [], , third = []] = kept
    expect(first.map(({ code }) => code)).toEqual(['time-past', 'signature-mismatch', 'signature-mismatch'])
    expect(third.map(({ body }) => body?.byteLength)).toEqual([10, 10, 10])
    await later(clock, 10_000)
    expect(kept.length).toBe(3)
  })

  it('looks at the first 50 of each second', async () => {
    const { receiver, clock, kept } = capturing({ refused: 1_000 })
    for (let second = 1; second <= 3; second++) {
      for (let count = 0; count < 200; count++) await receiver.receive(forged(`${second}-${count}`))
      await later(clock, 0)
      expect(kept.at(-1)).toHaveLength(second * 50)
      await later(clock, 1_000)
    }
  })

  it('does not write twice at once, however long a write takes', async () => {
    const finish: (() => void)[] = []
    const keep = () => new Promise<void>((resolve) => finish.push(resolve))
    const { receiver, clock } = capturing({ keep })
    for (let count = 0; count < 5; count++) {
      await receiver.receive(forged(`o-${count}`))
      await later(clock, 5_000)
    }
    expect(finish.length).toBe(1)
    finish[0]?.()
    await settle()
    await later(clock, 1_000)
    expect(finish.length).toBe(2)
  })

  it('writes a failure to the log, leaves the answer as it is, and tries again a minute later', async () => {
    let calls = 0
    const keep = async (): Promise<void> => {
      calls++
      throw new Error('disk full')
    }
    const { receiver, clock, errors } = capturing({ keep })
    expect(await receiver.receive(forged('o-1'))).toMatchObject({ status: 401 })
    await later(clock, 0)
    expect(errors).toEqual(['acme: the refused requests were not kept: Error: disk full'])
    await receiver.receive(forged('o-2'))
    await later(clock, 59_999)
    expect(calls).toBe(1)
    await later(clock, 1)
    expect(calls).toBe(2)
  })

  it('keeps on close what is not kept yet, and waits no longer than it may', async () => {
    const { receiver, kept } = capturing()
    await receiver.receive(forged('o-1'))
    await receiver.close()
    expect(kept.length).toBe(1)
    await receiver.close()
    expect(kept.length).toBe(1)

    const stuck = capturing({ keep: () => new Promise<void>(() => {}) })
    await stuck.receiver.receive(forged('o-1'))
    await later(stuck.clock, 0)
    const closed = stuck.receiver.close({ timeoutMs: 100 })
    await settle()
    await later(stuck.clock, 100)
    await closed

    const finished = capturing({ keep: async () => {} })
    await finished.receiver.receive(forged('o-1'))
    await later(finished.clock, 0)
    await finished.receiver.close()
  })
})

describe('a captured request', () => {
  it('holds no header that is not asked for, and no credentials', async () => {
    const { receiver, clock, kept } = capturing(
      {},
      {
        scheme: hmac({ header: 'Authorization', secret }),
        expose: ['X-Attempt'],
        eventRules: [{ type: [{ header: 'X-Type' }] }],
        envelope: undefined,
        time: { of: 'event', format: 'rfc3339', required: true, value: { body: 'at' } },
      },
    )
    const headers = [
      'Authorization',
      'b'.repeat(64),
      'X-Whatever',
      'hunter2',
      'X-Attempt',
      '3',
      'X-Type',
      't',
    ]
    await receiver.receive(forged('o-1', headers))
    await later(clock, 0)
    expect(kept[0]?.[0]?.headers).toEqual([
      ['authorization', '[redacted]'],
      ['x-type', 't'],
      ['x-attempt', '3'],
    ])
    expect(kept[0]?.[0]?.redacted).toEqual(['authorization'])
  })

  it('holds no key where the key itself is the proof, in a header or in the query, and no body', async () => {
    for (const scheme of [
      apiKey({ key: secret, header: 'X-Key', format: 'raw' }),
      apiKey({ key: secret, query: 'k' }),
    ]) {
      const { receiver, clock, kept } = capturing({}, { scheme })
      const request = signed(paid, ['X-Key', 'the-key-of-somebody-else'])
      await receiver.receive({ ...request, url: '/webhooks/acme?k=the-key-of-somebody-else&flag' })
      await later(clock, 0)
      const [first] = kept[0] ?? []
      expect(JSON.stringify(first)).not.toContain('somebody')
      expect(first?.url).toBe('/webhooks/acme?k=[redacted]&flag')
      expect(first?.body).toBeUndefined()
      expect(first?.bodyBytes).toBe(request.body.byteLength)
    }
  })

  it('holds no secret of ours, wherever a sender that is set up wrong puts it', async () => {
    const { receiver, clock, kept } = capturing(
      {},
      {
        scheme: hmac({
          header: 'X-Acme-Signature',
          secret,
          signs: [{ query: 'id', as: 'text' }, { raw: 'body' }],
        }),
      },
    )
    const misplaced = signed(paid, ['X-Acme-Signature', `v1=${secret}`, 'User-Agent', secret])
    await receiver.receive({
      ...misplaced,
      url: `https://user:pw@app.cl/${secret}/x?id=7&id=${secret}&k=${secret}`,
    })
    await receiver.receive({ ...misplaced, url: 'https://user:pw@app.cl/x' })
    await later(clock, 0)
    const text = JSON.stringify(kept[0]?.map(({ body: _, ...rest }) => rest))
    expect(text).not.toContain(secret)
    expect(text).not.toContain('pw')
    expect(kept[0]?.[0]?.url).toBe('[redacted]?id=7&id=[redacted]&k=[redacted]')
    expect(kept[0]?.[0]?.redacted).toEqual(['x-acme-signature', 'user-agent', '?id', '?k'])
  })

  it('holds no secret of ours where that is a function that has not answered yet: whatever may be one is left out', async () => {
    const pending = hmac({ header: 'X-Acme-Signature', secret: () => new Promise<string>(() => {}) })
    const { receiver, clock, kept } = capturing({}, { scheme: pending })
    const misplaced = signed(paid, ['X-Acme-Signature', `v1=${secret}`, 'User-Agent', 'Acme/1.0'])
    const request = { ...misplaced, url: `/webhooks/${secret}?k=7` }
    expect(await receiver.handle(incoming(request))).toMatchObject({ status: 401 })
    await later(clock, 0)
    expect(kept[0]?.[0]).toMatchObject({
      url: '[redacted]?k=[redacted]',
      headers: [
        ['x-acme-signature', '[redacted]'],
        ['user-agent', 'Acme/1.0'],
      ],
      redacted: ['x-acme-signature', '?k'],
    })
  })

  it('holds no secret of ours in quotes, behind a name, or behind more words than are worth a look', async () => {
    const { receiver, clock, kept } = capturing({ refused: 10 })
    const words = Array.from({ length: 200 }, (_, at) => `a-word-of-some-length-${at}`).join(' ')
    const values = [`"${secret}"`, `key:${secret}`, `sha256=${secret}`, `v1,${secret}`, `${words} ${secret}`]
    for (const value of values) await receiver.receive(signed(paid, ['X-Acme-Signature', value]))
    await later(clock, 0)
    expect(JSON.stringify(kept[0]?.map(({ headers }) => headers))).not.toContain(secret)
    expect(kept[0]).toHaveLength(values.length)
    expect(kept[0]?.map(({ redacted }) => redacted)).toEqual(values.map(() => ['x-acme-signature']))
  })

  it('asks for the marks of its keys once, and keeps 64 values, whatever a stranger sends', async () => {
    let asked = 0
    const scheme = hmac({ header: 'X-Acme-Signature', secret })
    const counting = { ...scheme, keyMarks: () => (asked++, scheme.keyMarks?.() ?? []) }
    const { receiver, clock, kept } = capturing({}, { scheme: counting })
    asked = 0
    const many = Array.from({ length: 500 }, (_, at) => [
      'User-Agent',
      `agent-of-a-stranger-${at}, `.repeat(200),
    ])
    await receiver.receive(forged('o-1', many.flat()))
    await later(clock, 0)
    expect(asked).toBe(1)
    expect(kept[0]?.[0]?.headers).toHaveLength(64)
    expect(kept[0]?.[0]?.headers.filter(([, value]) => value !== '[redacted]').length).toBeLessThan(33)
  })

  it('is bounded where nobody may be trusted with lengths, and knows schemes that tell little', async () => {
    const { keyMarks: _, headers: __, ...scheme } = hmac({ header: 'X-Acme-Signature', secret })
    const { receiver, clock, kept } = capturing({}, { scheme })
    await receiver.receive(forged('o-1', ['User-Agent', 'u'.repeat(100_000)]))
    await later(clock, 0)
    expect(kept[0]?.[0]?.headers.map(([name, value]) => [name, value.length])).toEqual([
      ['user-agent', 4_096],
    ])
  })

  it('repeats what the payload says too, where the provider asks for it', async () => {
    const { receiver, clock, kept } = capturing(
      {},
      {
        repeats: { 'X-Order': 'id' },
        handshakes: [{ method: 'GET', proof: 'none', when: { header: 'X-Hello', exists: true }, answer: {} }],
      },
    )
    await receiver.receive({ ...signed(paid), headers: fromRawHeaders(['X-Order', 'o-7', 'X-Hello', 'hi']) })
    await later(clock, 0)
    expect(kept[0]?.[0]?.headers).toEqual([
      ['x-hello', 'hi'],
      ['x-order', 'o-7'],
    ])
  })
})

describe('wrong settings of capture', () => {
  const keep = () => {}
  it.each([
    [{ refused: 0, keep }, /capture\.refused/],
    [{ refused: 1_001, keep }, /capture\.refused/],
    [{ refused: 20 }, /captureFile/],
    [{ keep }, /capture\.refused/],
    [{ refused: 20, keep, maxBodyBytes: 2 ** 21 }, /capture\.maxBodyBytes/],
    [{ refused: 20, keep, file: 'x' }, /file/],
    [true, /capture/],
  ])('%j throw at construction, with the remedy', (capture, message) => {
    expect(() => bench({ capture: capture as unknown as CaptureOptions })).toThrow(TypeError)
    expect(() => bench({ capture: capture as unknown as CaptureOptions })).toThrow(message)
  })
})
