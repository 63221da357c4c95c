import type { Answered } from './endpoint.ts'
import { type Fault, faultNames } from './judge.ts'
import type { ProviderDraft } from './seen.ts'

/** The totals of all mutated requests. */
export interface ProviderTotals {
  count: number
  /** How many were taken, or answered as greetings. */
  accepted: number
  greeted: number
  readonly faults: Record<Fault, number>
  readonly byProvider: Record<string, number>
  readonly byStatus: Record<number, number>
  /** Faults by provider and mutation. */
  readonly failures: Record<string, number>
  /** The first of them. */
  firstFailure: string | undefined
}

/** Before the first request. */
export function emptyTotals(names: readonly string[]): ProviderTotals {
  return {
    count: 0,
    accepted: 0,
    greeted: 0,
    faults: Object.fromEntries(faultNames.map((name) => [name, 0])) as Record<Fault, number>,
    byProvider: Object.fromEntries(names.map((name) => [name, 0])),
    byStatus: {},
    failures: {},
    firstFailure: undefined,
  }
}

/** Counts a request; without an answer where there was none. */
export function count(totals: ProviderTotals, name: string, answered: Answered | undefined): void {
  totals.count++
  totals.byProvider[name] = (totals.byProvider[name] ?? 0) + 1
  if (answered === undefined) return
  const { status, observed } = answered
  totals.byStatus[status] = (totals.byStatus[status] ?? 0) + 1
  if (observed.some(({ type }) => type === 'handshake')) totals.greeted++
  else if (status < 300) totals.accepted++
}

/** Counts a fault. */
export function fail(totals: ProviderTotals, fault: Fault, about: string, example: string): void {
  totals.faults[fault]++
  const key = `${fault}: ${about}`
  totals.failures[key] = (totals.failures[key] ?? 0) + 1
  totals.firstFailure ??= `case ${totals.count}, ${key}\n${example}`
}

const most = 4_000

/** A request and what came of it, to print. */
export function describe({ method, url, headers, body }: ProviderDraft, found: unknown): string {
  const answer = found instanceof Error ? (found.stack ?? found.message) : found
  const sent = { method, url, headers, body: body.toString('latin1').slice(0, most) }
  return JSON.stringify({ answer, sent }, withoutArrived, 2)
}

/** It is what was sent, but for what `fetch` makes of headers. */
function withoutArrived(name: string, value: unknown): unknown {
  if (name === 'arrived') return Object(value).headers
  return value instanceof Error ? value.message : value
}
