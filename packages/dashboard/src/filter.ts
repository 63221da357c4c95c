import type { DeadLetterFilter, DeadReason } from '@acuse/core'
import { type DeliveryFilter, deadReasons, type EventLogFilter } from '@acuse/core/inbox-kit'
import type { Parameters } from './view.ts'

/** The fields of a filter, as they stand in addresses and forms. */
export const filterNames = ['endpoint', 'provider', 'type', 'reason', 'from', 'until'] as const

/** A filter that somebody asked for, as text: what is empty matches all. */
export type FilterTexts = { readonly [Name in (typeof filterNames)[number]]?: string }

/** What somebody asks is wrong. */
export class BadQuery extends Error {}

/** The filter of an address or a form. */
export function filterTexts(query: URLSearchParams): FilterTexts & Parameters {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query.get(name)
      return value ? [[name, value]] : []
    }),
  )
}

/**
 * The same for dead letters.
 * @throws BadQuery when a time or a reason is none
 */
export function toDeadFilter({
  endpoint,
  provider,
  type,
  reason,
  from,
  until,
}: FilterTexts): DeadLetterFilter {
  const diedFrom = toTime(from)
  const diedBefore = toTime(until)
  return {
    ...(endpoint && { endpoint }),
    ...(provider && { provider }),
    ...(type && { type }),
    ...(reason && { reason: toReason(reason) }),
    ...(diedFrom && { diedFrom }),
    ...(diedBefore && { diedBefore }),
  }
}

/**
 * The same for deliveries that are not dead, which have no reason.
 * @throws BadQuery when a time is none
 */
export function toListFilter({ endpoint, provider, type, from, until }: FilterTexts): DeliveryFilter {
  const receivedFrom = toTime(from)
  const receivedBefore = toTime(until)
  return {
    ...(endpoint && { endpoint }),
    ...(provider && { provider }),
    ...(type && { type }),
    ...(receivedFrom && { receivedFrom }),
    ...(receivedBefore && { receivedBefore }),
  }
}

/**
 * The same for a replay.
 * @throws BadQuery when a time is none
 */
export function toLogFilter({ endpoint, provider, type, from, until }: FilterTexts): EventLogFilter {
  const since = toTime(from)
  const before = toTime(until)
  return {
    ...(endpoint && { endpoint }),
    ...(provider && { provider }),
    ...(type && { type }),
    ...(since && { since }),
    ...(before && { until: before }),
  }
}

function toReason(text: string): DeadReason {
  const found = deadReasons.find((each) => each === text)
  if (found === undefined) throw new BadQuery(`reason must be one of ${deadReasons.join(', ')}`)
  return found
}

/**
 * A time as `datetime-local` fields have it, in UTC, or as RFC 3339 has it.
 * @throws BadQuery when it is none
 */
export function toTime(text: string | undefined): Date | undefined {
  if (!text) return undefined
  const time = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(time.getTime())) throw new BadQuery(`${text} is no time, such as 2026-01-31T23:59`)
  return time
}
