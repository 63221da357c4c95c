import { type Observation, systemClock } from '@acuse/core'
import { type OpenMetricsContentType, openMetricsContentType, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../../core/test/support/clock.ts'
import {
  accepted,
  dead,
  duplicate,
  failed,
  handled,
  rejected,
  retried,
} from '../../core/test/support/observations.ts'
import { type PrometheusMetricsOptions, prometheusMetrics } from '../src/index.ts'

function metrics(options: PrometheusMetricsOptions = {}) {
  const { observer, register } = prometheusMetrics({ register: new Registry(), ...options })
  /** The samples of the scrape that begin with a text. */
  const lines = async (start: string): Promise<string[]> =>
    (await register.metrics()).split('\n').filter((line) => line.startsWith(start))
  const see = (...observations: readonly Observation[]): void => {
    for (const each of observations) observer(each)
  }
  return { see, lines, register }
}

const receiver = 'provider="acme",endpoint="/webhooks/acme"'

describe('observations', () => {
  it('of deliveries are counted by provider, endpoint and type', async () => {
    const { see, lines } = metrics()
    see(accepted(), accepted(), duplicate(), handled(), dead())
    const labels = `{${receiver},event="order.paid"}`
    expect(await lines('acuse_deliveries_')).toEqual([
      `acuse_deliveries_accepted_total${labels} 2`,
      `acuse_deliveries_duplicate_total${labels} 1`,
      `acuse_deliveries_handled_total${labels} 1`,
    ])
    expect(await lines('acuse_dead_letters_total')).toEqual([
      `acuse_dead_letters_total{${receiver},event="order.paid",reason="attempts-used-up"} 1`,
    ])
  })

  it('of refused requests are counted by code, status and authenticity', async () => {
    const { see, lines } = metrics()
    see(rejected(), rejected({ code: 'signature-mismatch', status: 401, authentic: false, durationMs: 2 }))
    expect(await lines('acuse_requests_rejected_total')).toEqual([
      `acuse_requests_rejected_total{${receiver},code="inbox-failed",status="503",authentic="true"} 1`,
      `acuse_requests_rejected_total{${receiver},code="signature-mismatch",status="401",authentic="false"} 1`,
    ])
    expect(await lines('acuse_receive_duration_seconds_sum')).toEqual([
      `acuse_receive_duration_seconds_sum{${receiver},outcome="rejected"} 0.002`,
    ])
  })

  it('of failed attempts are counted by handler; a dead letter without an attempt is none', async () => {
    const { see, lines } = metrics()
    see(retried(), failed(), dead({ handler: 'bill' }), dead({ attempt: 0, reason: 'stale' }))
    expect(await lines('acuse_attempts_failed_total')).toEqual([
      `acuse_attempts_failed_total{${receiver},handler="bill"} 2`,
      `acuse_attempts_failed_total{${receiver},handler=""} 1`,
    ])
    expect(await lines('acuse_attempts_total')).toEqual([
      `acuse_attempts_total{${receiver},outcome="retried"} 1`,
      `acuse_attempts_total{${receiver},outcome="failed"} 1`,
      `acuse_attempts_total{${receiver},outcome="dead"} 1`,
    ])
    expect(await lines('acuse_retry_delay_seconds_sum')).toEqual([
      `acuse_retry_delay_seconds_sum{${receiver}} 1`,
    ])
  })

  it('are measured in seconds: the door, attempts, the lag of the first one, and how late retries are', async () => {
    const { see, lines } = metrics()
    see(accepted({ durationMs: 3 }), retried({ lagMs: 500 }), handled({ attempt: 2, lagMs: 4_020 }))
    expect(await lines('acuse_receive_duration_seconds_sum')).toEqual([
      `acuse_receive_duration_seconds_sum{${receiver},outcome="accepted"} 0.003`,
    ])
    expect(await lines('acuse_process_duration_seconds_sum')).toEqual([
      `acuse_process_duration_seconds_sum{${receiver},outcome="retried"} 0.02`,
      `acuse_process_duration_seconds_sum{${receiver},outcome="handled"} 0.02`,
    ])
    expect(await lines('acuse_handling_lag_seconds_sum')).toEqual([
      `acuse_handling_lag_seconds_sum{${receiver}} 0.5`,
    ])
    // Due at 500 + 20 + 1 000 ms.
    expect(await lines('acuse_retry_lateness_seconds_sum')).toEqual([
      `acuse_retry_lateness_seconds_sum{${receiver}} 2.5`,
    ])
  })

  it('tell the sender’s clock, also where it is too far off to be accepted, and not by what nobody proved', async () => {
    const { see, lines } = metrics()
    see(accepted({ signedAgoMs: -1_500 }), accepted())
    see(rejected({ code: 'time-past', seconds: -600, status: 401 }))
    see(rejected({ code: 'time-past', seconds: -9_000, status: 401, authentic: false }))
    expect(await lines('acuse_signed_ago_seconds_bucket{le="-2"')).toEqual([
      `acuse_signed_ago_seconds_bucket{le="-2",${receiver}} 0`,
    ])
    expect(await lines('acuse_signed_ago_seconds_bucket{le="-1"')).toEqual([
      `acuse_signed_ago_seconds_bucket{le="-1",${receiver}} 1`,
    ])
    expect(await lines('acuse_signed_ago_seconds_count')).toEqual([
      `acuse_signed_ago_seconds_count{${receiver}} 2`,
    ])
    expect(await lines('acuse_signed_ago_seconds_sum')).toEqual([
      `acuse_signed_ago_seconds_sum{${receiver}} 598.5`,
    ])
  })

  it('of everything else have a metric too', async () => {
    const { see, lines } = metrics()
    const { provider, endpoint, id, event } = accepted() as Extract<Observation, { type: 'accepted' }>
    see(
      { type: 'dropped', provider, endpoint, id, event },
      { type: 'handshake', provider, method: 'GET' },
      { type: 'high-water-mark', provider, resource: 'bytes', used: 0.8 },
      { type: 'fallback', provider, endpoint, inUse: true },
      { type: 'reconcile-failed', provider, endpoint, error: new Error('away') },
      rejected({ retriesLeftMs: 60_000 }),
    )
    expect(await lines('acuse_dead_letters_dropped_total')).toEqual([
      `acuse_dead_letters_dropped_total{${receiver}} 1`,
    ])
    expect(await lines('acuse_handshakes_total')).toEqual(['acuse_handshakes_total{provider="acme"} 1'])
    expect(await lines('acuse_high_water_marks_total')).toEqual([
      'acuse_high_water_marks_total{provider="acme",resource="bytes"} 1',
    ])
    expect(await lines('acuse_fallback_in_use')).toEqual([`acuse_fallback_in_use{${receiver}} 1`])
    expect(await lines('acuse_reconcile_failures_total')).toEqual([
      `acuse_reconcile_failures_total{${receiver}} 1`,
    ])
    expect(await lines('acuse_sender_retries_left_seconds_sum')).toEqual([
      `acuse_sender_retries_left_seconds_sum{${receiver}} 60`,
    ])
    see({ type: 'fallback', provider, endpoint, inUse: false })
    expect(await lines('acuse_fallback_in_use')).toEqual([`acuse_fallback_in_use{${receiver}} 0`])
  })

  it('of what nothing handles stand until they are no longer told', async () => {
    const clock = manualClock()
    const { see, lines } = metrics({ clock })
    const about = { provider: 'acme', endpoint: '/webhooks/acme', event: 'order.sent' }
    see({ type: 'unhandled', ...about, waiting: 3 })
    await clock.advance(60_000)
    see({ type: 'unhandled', ...about, waiting: 7 })
    await clock.advance(150_000)
    const line = `acuse_unhandled_deliveries{${receiver},event="order.sent"} 7`
    expect(await lines('acuse_unhandled_deliveries')).toEqual([line])
    await clock.advance(1)
    expect(await lines('acuse_unhandled_deliveries')).toEqual([])
  })
})

describe('labels', () => {
  it('hold so many types of each provider, then other: types come from senders', async () => {
    const { see, lines } = metrics({ maxEvents: 2 })
    for (const event of ['a', 'b', 'c', 'd', 'a']) see(accepted({ event }))
    see(accepted({ event: 'c', provider: 'another' }))
    const counts = (await lines('acuse_deliveries_accepted_total')).map((line) =>
      line.replace(/.*provider="(\w+)".*event="(\w+)"} (\d+)/, '$1 $2 $3'),
    )
    expect(counts).toEqual(['acme a 2', 'acme b 1', 'acme other 2', 'another c 1'])
  })

  it('hold no type that is long, and escape what a type may hold', async () => {
    const { see, lines } = metrics()
    see(accepted({ event: 'x'.repeat(101) }), accepted({ event: 'a"b\\c\nd' }))
    expect((await lines('acuse_deliveries_accepted_total')).join('\n')).toMatch(
      /event="other"} 1\n.*event="a\\"b\\\\c\\nd"} 1$/,
    )
  })

  it('hold names of handlers within the same bound', async () => {
    const { see, lines } = metrics({ maxEvents: 1 })
    see(retried({ handler: 'one' }), retried({ handler: 'two' }))
    expect((await lines('acuse_attempts_failed_total')).at(-1)).toContain('handler="other"} 1')
  })

  it('hold no id, no name of a request or a key, no message of an error and nothing of a header', async () => {
    const { see, register } = metrics()
    see(accepted({ id: 'ID-1', requestId: 'REQ-1', keyId: 'KEY-1' }), retried({ id: 'ID-1' }))
    see(rejected({ id: 'ID-1', event: 'UNPROVEN', header: 'x-secret', error: new Error('4111') }))
    expect(await register.metrics()).not.toMatch(/ID-1|REQ-1|KEY-1|UNPROVEN|x-secret|4111/)
  })
})

describe('prometheusMetrics', () => {
  it('called twice on one register throws a TypeError with the remedy, and breaks nothing', async () => {
    const register = new Registry()
    const { observer } = prometheusMetrics({ register })
    const names = register.getMetricsAsArray().length
    expect(() => prometheusMetrics({ register })).toThrow(TypeError)
    expect(() => prometheusMetrics({ register })).toThrow(/once and give its observer to each receiver/)
    expect(register.getMetricsAsArray()).toHaveLength(names)
    observer(accepted())
    expect(await register.getSingleMetricAsString('acuse_deliveries_accepted_total')).toContain('} 1')
    expect(prometheusMetrics({ register, prefix: 'shop_' }).register).toBe(register)
  })

  it('uses the register of prom-client unless it is given one', async () => {
    const { register } = await import('prom-client')
    try {
      expect(prometheusMetrics().register).toBe(register)
    } finally {
      register.clear()
    }
  })

  it('writes OpenMetrics too', async () => {
    const register = new Registry<OpenMetricsContentType>()
    register.setContentType(openMetricsContentType)
    const metrics = prometheusMetrics({ register })
    metrics.observer(accepted())
    expect(metrics.register.contentType).toContain('openmetrics')
    expect(await metrics.register.metrics()).toMatch(
      /# TYPE acuse_deliveries_accepted counter\nacuse_deliveries_accepted_total\{.*\} 1\n[\s\S]*# EOF\n$/,
    )
  })

  it('takes buckets, and keeps those that are not given', async () => {
    const { see, lines } = metrics({ buckets: { receive: [0.5, 2], lag: undefined } as never })
    see(accepted(), handled())
    expect(await lines('acuse_receive_duration_seconds_bucket')).toHaveLength(3)
    expect((await lines('acuse_process_duration_seconds_bucket')).length).toBeGreaterThan(10)
  })

  it.each([
    [{ registry: new Registry() }, /no option 'registry'/],
    [{ register: {} }, /register must be a Registry of prom-client/],
    [{ prefix: '9x' }, /prefix must begin a metric's name/],
    [{ inboxes: { main: {} } }, /inboxes\.main must be an Inbox/],
    [{ inboxes: { main: null } }, /inboxes\.main must be an Inbox/],
    [{ maxEvents: 0 }, /maxEvents must be a whole number from 1/],
    [{ statsTimeoutMs: 0 }, /statsTimeoutMs/],
    [{ statsCacheMs: -1 }, /statsCacheMs/],
    [{ buckets: { recieve: [1] } }, /buckets has no option 'recieve'. It has: receive, process/],
    [{ buckets: { lag: [] } }, /buckets\.lag must be a list of numbers in seconds/],
    [{ buckets: { lag: [1, 1] } }, /each greater than the one before/],
    [{ buckets: { lag: [1, Number.NaN] } }, /buckets\.lag/],
    [{ buckets: { lag: 5 } }, /buckets\.lag/],
    [{ clock: { ...systemClock, now: 1 } }, /clock/],
  ])('refuses what it cannot use at construction, and registers nothing: %o', (options, words) => {
    const register = new Registry()
    const given = { register, ...options } as unknown as PrometheusMetricsOptions
    expect(() => prometheusMetrics(given)).toThrow(TypeError)
    expect(() => prometheusMetrics(given)).toThrow(words)
    expect(register.getMetricsAsArray()).toEqual([])
  })
})
