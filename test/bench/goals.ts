import type { Reader } from './figures.ts'

/** What is promised, and how to read it from the figures. */
export interface Goal {
  readonly id: string
  readonly text: string
  /** The figure; `undefined` where what it needs was not measured. */
  readonly of: (figures: Reader) => number | undefined
  /** The bound: one of the two. */
  readonly atMost?: number
  readonly atLeast?: number
}

/** Whether a goal is met. */
export interface Verdict {
  readonly goal: Goal
  readonly status: 'met' | 'short' | 'not measured'
  readonly value: number | undefined
  /** By how much of the bound it is missed; 0 where it is met. */
  readonly shortBy: number
}

const ratio = (id: string, to: string) => (figures: Reader) => figures.ratio(id, to)?.median
const medianOf = (id: string) => (figures: Reader) => figures.median(id)

const verify436 = (peer: string) => ratio(`verify/436 B/${peer}`, 'verify/436 B/ours')

const functions: readonly Goal[] = [
  {
    id: 'verify',
    text: 'verify 436 B against the floor',
    of: ratio('verify/436 B/ours', 'verify/436 B/floor'),
    atMost: 1.1,
  },
  {
    id: 'verify-rsa',
    text: 'verify RSA-2048 against the floor',
    of: ratio('verify/RSA-2048/ours', 'verify/RSA-2048/floor'),
    atMost: 1.05,
  },
  { id: 'octokit', text: 'octokit against ours, 436 B', of: verify436('octokit'), atLeast: 1 },
  { id: 'stripe', text: 'stripe against ours, 436 B', of: verify436('stripe'), atLeast: 2.5 },
  { id: 'svix', text: 'svix against ours, 436 B', of: verify436('svix'), atLeast: 4 },
  { id: 'tern', text: 'tern against ours, 436 B', of: verify436('tern'), atLeast: 30 },
  {
    id: 'receive',
    text: 'receive in process against the floor',
    of: ratio('receive/436 B/ours', 'receive/436 B/floor'),
    atMost: 3.5,
  },
  {
    id: 'handle',
    text: 'handle, microseconds beyond schema and handler',
    of: microsecondsBeyond('handle/436 B/ours', 'handle/436 B/schema and handler'),
    atMost: 6,
  },
]

/** The difference of two medians in nanoseconds. */
function microsecondsBeyond(id: string, beyond: string): Goal['of'] {
  return (figures) => {
    const whole = figures.median(id)
    const part = figures.median(beyond)
    return whole === undefined || part === undefined ? undefined : (whole - part) / 1_000
  }
}

const perSecond = (host: string, variant: string): string => `http/${host} at 128/${variant}`

/** Each host at 128 connections, by acknowledgements a second. */
const http: readonly Goal[] = [
  ...['express 4', 'express 5'].map((host) => ({
    id: `http-${host}`,
    text: `${host}, memory against Redcumbre's snippet`,
    of: ratio(perSecond(host, 'memory'), perSecond(host, 'by hand')),
    atLeast: 1.05,
  })),
  ...['fastify', 'hono', 'node:http'].flatMap((host) => [
    {
      id: `http-${host}`,
      text: `${host}, memory against verified by hand`,
      of: ratio(perSecond(host, 'memory'), perSecond(host, 'by hand')),
      atLeast: 0.75,
    },
    {
      id: `http-${host}-equal`,
      text: `${host}, memory against by hand with equal duties`,
      of: ratio(perSecond(host, 'memory'), perSecond(host, 'equal duties')),
      atLeast: 0.9,
    },
  ]),
  {
    id: 'durable',
    text: 'SQLite against ours volatile, Fastify at 128 connections',
    of: ratio(perSecond('fastify', 'sqlite'), perSecond('fastify', 'memory')),
    atLeast: 0.75,
  },
  {
    id: 'durable-express',
    text: "Fastify with SQLite against Express 5 with Redcumbre's snippet and no durability",
    of: perSecondRatio(perSecond('fastify', 'sqlite'), perSecond('express 5', 'by hand')),
    atLeast: 1,
  },
  {
    id: 'otel',
    text: 'Fastify under OpenTelemetry, exporters that do nothing: with @acuse/otel against without',
    of: ratio(perSecond('fastify', 'memory, HTTP spans, otel'), perSecond('fastify', 'memory, HTTP spans')),
    atLeast: 0.9,
  },
  {
    id: 'forged',
    text: "a forged request's CPU beyond verify against the framework's 404",
    of: forgedBeyondVerify,
    atMost: 1.2,
  },
]

/** Figures of two groups: rounds do not belong together. */
function perSecondRatio(id: string, to: string): Goal['of'] {
  return (figures) => {
    const one = figures.median(id)
    const other = figures.median(to)
    return one === undefined || other === undefined ? undefined : one / other
  }
}

function forgedBeyondVerify(figures: Reader): number | undefined {
  const forged = figures.median('forged/fastify/ours')
  const bare = figures.median('forged/fastify/404')
  const verify = figures.median('verify/436 B/floor')
  if (forged === undefined || bare === undefined || verify === undefined) return undefined
  return (forged - verify / 1_000) / bare
}

const latency = (rate: number) => `latency/fastify at ${rate} per second/sqlite p99`

const stores: readonly Goal[] = [
  ...[
    ['sqlite', 4_000],
    ['bullmq', 1_500],
    ['postgres', 2_500],
  ].map(([store, atLeast]) => ({
    id: `sustained-${store}`,
    text: `sustained rate of ${store}, door and worker in one process, per second`,
    of: medianOf(`sustained/fastify/${store}`),
    atLeast: Number(atLeast),
  })),
  { id: 'p99-1000', text: 'p99 of a durable ack at 1 000/s, ms', of: medianOf(latency(1_000)), atMost: 15 },
  { id: 'p99-2000', text: 'p99 of a durable ack at 2 000/s, ms', of: medianOf(latency(2_000)), atMost: 30 },
  {
    id: 'worker-sqlite',
    text: 'the worker alone on SQLite, events per second',
    of: medianOf('worker/no-op at 64/sqlite'),
    atLeast: 10_000,
  },
  ...[10, 64].map((width) => ({
    id: `worker-bullmq-${width}`,
    text: `the worker alone on BullMQ against a bare BullMQ worker, concurrency ${width}`,
    of: ratio(`worker/no-op at ${width}/bullmq`, `worker/no-op at ${width}/bare BullMQ`),
    atLeast: 0.9,
  })),
  ...[1, 16, 128].map((width) => ({
    id: `append-${width}`,
    text: `accepts of SQLite against a bare append, ${width} callers`,
    of: ratio(`accept/${width} callers/sqlite`, `accept/${width} callers/bare append`),
    atLeast: 0.85,
  })),
  {
    id: 'key-bytes',
    text: 'bytes of an idempotency key remembered in process',
    of: medianOf('memory/lru/bytes a key'),
    atMost: 120,
  },
  {
    id: 'pause',
    text: 'longest pause of the event loop at a full memory, ms',
    of: medianOf('memory/lru/longest pause'),
    atMost: 5,
  },
]

const size: readonly Goal[] = [
  {
    id: 'start',
    text: 'cold start beyond the bare framework, ms of CPU',
    of: (figures) => {
      const ours = figures.median('start/express/ours')
      const bare = figures.median('start/express/bare')
      return ours === undefined || bare === undefined ? undefined : ours - bare
    },
    atMost: 60,
  },
  {
    id: 'bundle-core',
    text: 'bundle of core, KiB gzip',
    of: medianOf('bundle/core'),
    atMost: 20,
  },
  {
    id: 'bundle',
    text: 'bundle of a fetch handler with one provider, KiB gzip',
    of: medianOf('bundle/fetch handler with redcumbre'),
    atMost: 40,
  },
]

/** Every goal. */
export const goals: readonly Goal[] = [...functions, ...http, ...stores, ...size]

export function judge(goal: Goal, figures: Reader): Verdict {
  const value = goal.of(figures)
  if (value === undefined || Number.isNaN(value)) {
    return { goal, status: 'not measured', value: undefined, shortBy: 0 }
  }
  const { atMost, atLeast } = goal
  const over = atMost === undefined ? 0 : value / atMost - 1
  const under = atLeast === undefined ? 0 : 1 - value / atLeast
  const shortBy = Math.max(0, over, under)
  return { goal, status: shortBy > 0 ? 'short' : 'met', value, shortBy }
}

/** One line for a goal. */
export function toLine({ goal, status, value, shortBy }: Verdict): string {
  const bound = goal.atMost === undefined ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`
  const found = value === undefined ? '-' : value.toPrecision(3)
  const by = status === 'short' ? `short by ${(shortBy * 100).toFixed(0)} %` : status
  return [goal.text.padEnd(82), bound.padStart(9), found.padStart(9), by].join('  ')
}

/** The last line of a run. */
export function summary(verdicts: readonly Verdict[]): string {
  const count = (status: Verdict['status']) => verdicts.filter((each) => each.status === status).length
  return `goals: ${count('met')} met, ${count('short')} short, ${count('not measured')} not measured`
}
