import type { Clock } from '@acuse/core'
import type { LoadReport, SendReport } from './report.ts'

/** How to send many. */
export interface ManyOptions {
  /** How many at once, 1 to 1 000. Default 16. */
  readonly concurrency?: number
  /** The most to begin in a second. Default: as fast as answers come. */
  readonly perSecond?: number
}

/** What many deliveries need. */
export interface Many extends Required<Pick<ManyOptions, 'concurrency'>> {
  readonly provider: string
  readonly event: string
  readonly count: number
  readonly perSecond: number | undefined
  readonly clock: Clock
  readonly sleep: (delayMs: number) => Promise<void>
  /** Sends one, by its number from 0. */
  readonly send: (number: number) => Promise<SendReport>
}

const mostFailures = 10

/** Sends many, so many at once, and keeps no more of them than the figures. */
export async function sendMany(many: Many): Promise<LoadReport> {
  const { provider, event, count, concurrency, clock } = many
  const startedAt = clock.monotonic()
  const statuses: Record<string, number> = {}
  const failures: SendReport[] = []
  const latencies = new Float64Array(count)
  let begun = 0
  let ended = 0
  let delivered = 0

  const one = async (number: number): Promise<void> => {
    const report = await many.send(number)
    const status = String(report.status ?? 'none')
    statuses[status] = (statuses[status] ?? 0) + 1
    latencies[ended++] = report.attempts.at(-1)?.durationMs ?? 0
    if (report.delivered) delivered += 1
    else if (failures.length < mostFailures) failures.push(report)
  }
  const lane = async (): Promise<void> => {
    while (begun < count) {
      const number = begun++
      await untilDue(many, number, startedAt)
      await one(number)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane))
  const durationMs = clock.monotonic() - startedAt
  const latencyMs = toLatency(latencies.sort())
  return { provider, event, sent: count, delivered, statuses, durationMs, latencyMs, failures }
}

async function untilDue({ perSecond, clock, sleep }: Many, number: number, startedAt: number): Promise<void> {
  if (perSecond === undefined) return
  const waitMs = startedAt + (number * 1_000) / perSecond - clock.monotonic()
  if (waitMs > 0) await sleep(waitMs)
}

function toLatency(sorted: Float64Array): LoadReport['latencyMs'] {
  const at = (share: number) => sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
