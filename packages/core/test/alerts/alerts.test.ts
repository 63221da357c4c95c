import { describe, expect, it } from 'vitest'
import { type Alert, type AlertsOptions, alerts } from '../../src/alerts.ts'
import type { Observation } from '../../src/index.ts'
import { manualClock, settled } from '../support/clock.ts'
import { accepted, dead, duplicate, failed, handled, rejected, retried } from '../support/observations.ts'

function watching(options: Partial<AlertsOptions> = {}) {
  const clock = manualClock()
  const told: Alert[] = []
  const monitor = alerts({ clock, notify: (alert) => told.push(alert), ...options })
  const see = (count: number, observation: Observation): void => {
    for (let n = 0; n < count; n++) monitor.observer(observation)
  }
  return { clock, told, monitor, see, heard: () => told.map(({ name, state }) => `${name} ${state}`) }
}

describe('an error rate', () => {
  it('fires once above its threshold and is resolved once below the lower one, not between', async () => {
    const { see, heard, told, monitor, clock } = watching()
    see(18, handled())
    see(2, retried())
    await settled()
    expect(heard()).toEqual([])
    see(1, retried())
    see(30, retried())
    await settled()
    expect(heard()).toEqual(['error-rate firing'])
    expect(told[0]).toEqual({
      id: expect.stringMatching(/^alert_[0-9a-f-]{36}$/),
      name: 'error-rate',
      state: 'firing',
      provider: 'acme',
      endpoint: '/webhooks/acme',
      value: 3 / 21,
      of: 21,
      threshold: 0.1,
      unit: 'ratio',
      firedAt: new Date(clock.now()),
      summary: 'acme (/webhooks/acme): error rate is 14.3 % of 21, above 10 %',
    })
    expect(monitor.firing()).toEqual([told[0]])
    see(400, handled())
    await settled()
    expect(heard()).toEqual(['error-rate firing'])
    see(400, handled())
    await settled()
    expect(heard()).toEqual(['error-rate firing', 'error-rate resolved'])
    expect(told[1]).toMatchObject({ id: told[0]?.id, threshold: 0.05, resolvedAt: new Date(clock.now()) })
    expect(told[1]?.summary).toMatch(/no longer above 5 %$/)
    expect(monitor.firing()).toEqual([])
  })

  it('does not fire of fewer than its minimum: 19 of 19 are no rate', async () => {
    const { see, heard } = watching()
    see(19, retried())
    await settled()
    expect(heard()).toEqual([])
    see(1, failed())
    await settled()
    expect(heard()).toEqual(['error-rate firing'])
  })

  it('counts what was authentic and refused, and neither forgeries nor what is another copy', async () => {
    const { see, heard } = watching()
    see(100, rejected({ authentic: false, code: 'signature-mismatch', status: 401 }))
    see(100, rejected({ code: 'in-flight' }))
    see(100, rejected({ code: 'handler-failed', status: 500 }))
    await settled()
    expect(heard()).toEqual([])
    see(20, rejected())
    await settled()
    expect(heard()).toEqual(['error-rate firing'])
  })

  it('counts each attempt once: what dies with its inbox, or before an attempt, failed none', async () => {
    const { see, heard } = watching({ thresholds: { deadLetters: false } })
    for (const reason of ['closed', 'unhandled', 'stale', 'conflict'] as const) see(50, dead({ reason }))
    await settled()
    expect(heard()).toEqual([])
    see(20, dead({ reason: 'unrecoverable', attempt: 1 }))
    await settled()
    expect(heard()).toEqual(['error-rate firing'])
  })

  it('is resolved when what was wrong has left the window, though nothing more comes', async () => {
    const { see, heard, clock } = watching({ windowMs: 60_000 })
    see(20, retried())
    await clock.advance(50_000)
    expect(heard()).toEqual(['error-rate firing'])
    await clock.advance(10_000)
    expect(heard()).toEqual(['error-rate firing', 'error-rate resolved'])
    await clock.advance(60_000)
    expect(clock.scheduled).toBe(0)
  })

  it('is each endpoint’s own', async () => {
    const { see, told } = watching()
    see(1_000, handled({ endpoint: '/webhooks/other' }))
    see(20, retried())
    await settled()
    expect(told.map(({ endpoint }) => endpoint)).toEqual(['/webhooks/acme'])
  })
})

it('duplicates fire above their share', async () => {
  const { see, heard } = watching()
  see(16, accepted())
  see(4, duplicate())
  await settled()
  expect(heard()).toEqual([])
  see(1, duplicate())
  await settled()
  expect(heard()).toEqual(['duplicates firing'])
})

it('the first dead letter fires, and a window without one resolves it', async () => {
  const { see, heard, told, clock } = watching({ windowMs: 60_000 })
  see(1, dead({ attempt: 0, reason: 'stale' }))
  see(1, dead())
  await clock.advance(60_000)
  expect(heard()).toEqual(['dead-letters firing', 'dead-letters resolved'])
  expect(told[0]?.summary).toBe('acme (/webhooks/acme): new dead letters is 1, above 0')
})

describe('late retries', () => {
  it('fire when they begin later than planned, on average', async () => {
    const { see, heard, told } = watching()
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      // Received at 0, failed at 25 ms, due at 1 025 ms.
      see(1, retried({ id }))
      see(1, handled({ id, attempt: 2, lagMs: 101_025 }))
    }
    await settled()
    expect(heard()).toEqual(['retries-late firing'])
    expect(told[0]).toMatchObject({ value: 100_000, of: 5, unit: 'ms' })
    expect(told[0]?.summary).toMatch(/is 100 s, above 60 s$/)
  })

  it('are none where they begin in time, where the attempt before was another process’s, or where no handler ran', async () => {
    const { see, heard } = watching()
    for (let n = 0; n < 20; n++) {
      see(1, retried({ id: `in time ${n}` }))
      see(1, handled({ id: `in time ${n}`, attempt: 2, lagMs: 1_000 }))
      see(1, handled({ id: `another process ${n}`, attempt: 7, lagMs: 9_000_000 }))
      see(1, retried({ id: `attempts between ${n}` }))
      see(1, handled({ id: `attempts between ${n}`, attempt: 5, lagMs: 9_000_000 }))
      see(1, retried({ id: `nobody ran ${n}`, lagMs: undefined, durationMs: undefined }))
      see(1, dead({ id: `nobody ran ${n}`, attempt: 2 }))
      see(1, retried({ id: `no duration ${n}`, durationMs: undefined }))
      see(1, handled({ id: `no duration ${n}`, attempt: 2, lagMs: 1_005 }))
    }
    await settled()
    expect(heard().filter((each) => each.startsWith('retries-late'))).toEqual([])
  })
})

describe('alerts', () => {
  it('say nothing of what is in deliveries: no id, no type, no error, no name of a key', async () => {
    const { see, told } = watching()
    see(20, retried())
    see(20, duplicate())
    see(1, dead())
    await settled()
    expect(told).toHaveLength(3)
    expect(JSON.stringify(told)).not.toMatch(/4111|order\.paid|"d1"|"r1"|default/)
  })

  it('never fire where their threshold is false', async () => {
    const thresholds = {
      errorRate: false,
      retriesLate: false,
      duplicates: false,
      deadLetters: false,
    } as const
    const { see, heard } = watching({ thresholds })
    see(50, retried())
    see(50, duplicate())
    see(50, dead())
    await settled()
    expect(heard()).toEqual([])
  })

  it('take observations that are of no endpoint, or that measure nothing', () => {
    const { see, clock } = watching()
    see(1, { type: 'handshake', provider: 'acme', method: 'GET' })
    see(1, { type: 'dropped', ...pick(handled()) })
    expect(clock.scheduled).toBe(0)
  })

  it('count nothing more once they are closed', async () => {
    const { see, heard, monitor, clock } = watching()
    see(1, handled())
    await monitor.close()
    see(50, retried())
    await settled()
    expect(heard()).toEqual([])
    expect(clock.scheduled).toBe(0)
  })
})

function pick(observation: Observation) {
  const { provider, endpoint, id, event } = observation as Extract<Observation, { type: 'handled' }>
  return { provider, endpoint, id, event }
}

describe('options that cannot be used', () => {
  const notify = (): void => {}
  it.each([
    [{}, /notify must be a function .* or a list/],
    [{ notify: [] }, /notify must be a function/],
    [{ notify: 'https://x' }, /notify must be a function/],
    [{ notify, threshold: {} }, /no option 'threshold'\. Did you mean 'thresholds'/],
    [{ notify, windowMs: 9 }, /windowMs must be a whole number from 10000/],
    [{ notify, timeoutMs: 0 }, /timeoutMs/],
    [{ notify, attempts: 11 }, /attempts/],
    [{ notify, thresholds: { errors: {} } }, /thresholds has no option 'errors'/],
    [
      { notify, thresholds: { errorRate: { above: 5 } } },
      /thresholds\.errorRate\.above must be a share from 0 to 1, not 5/,
    ],
    [
      { notify, thresholds: { errorRate: { above: 0.1, below: 0.2 } } },
      /errorRate\.below must be a share from 0 to 0\.1/,
    ],
    [{ notify, thresholds: { errorRate: { above: '1' } } }, /errorRate\.above must be a share/],
    [
      { notify, thresholds: { duplicates: { minimum: 0 } } },
      /duplicates\.minimum must be a whole number from 1/,
    ],
    [{ notify, thresholds: { deadLetters: { above: -1 } } }, /deadLetters\.above/],
    [{ notify, thresholds: { retriesLate: { aboveMs: 10, belowMs: 11 } } }, /retriesLate\.belowMs/],
    [{ notify, thresholds: { oldestWaiting: { minimum: 3 } } }, /oldestWaiting has no option 'minimum'/],
  ])('throw a TypeError that says which and what it takes: %o', (options, words) => {
    const given = options as unknown as AlertsOptions
    expect(() => alerts(given)).toThrow(TypeError)
    expect(() => alerts(given)).toThrow(words)
  })

  it('a lower threshold follows an upper one of one’s own', async () => {
    const { see, heard } = watching({
      thresholds: { retriesLate: { aboveMs: 100, minimum: 1 }, deadLetters: { above: 3, below: 2 } },
    })
    see(1, retried())
    see(1, handled({ attempt: 2, lagMs: 1_126 }))
    await settled()
    expect(heard()).toEqual(['retries-late firing'])
    see(1, retried())
    see(1, handled({ attempt: 2, lagMs: 1_025 }))
    await settled()
    expect(heard()).toEqual(['retries-late firing'])
    see(1, retried())
    see(1, handled({ attempt: 2, lagMs: 1_025 }))
    await settled()
    expect(heard()).toEqual(['retries-late firing', 'retries-late resolved'])
  })
})
