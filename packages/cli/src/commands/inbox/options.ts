import type { DeadLetterFilter, DeadReason } from '@acuse/core'
import {
  type DeliveryFilter,
  deadReasons,
  type EventLogFilter,
  type StoredState,
  storedStates,
} from '@acuse/core/inbox-kit'
import { usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import type { ChoiceSpec, DurationSpec, TextSpec, TimeSpec } from '../../command/specs.ts'
import { texts } from './texts.ts'

/** Which inbox: every command has these. */
export const storeOptions = {
  inbox: { kind: 'text', value: 'INBOX' },
  option: { kind: 'list', value: 'NAME=VALUE' },
} as const

/** Which dead letters. */
export const filterOptions: {
  readonly endpoint: TextSpec
  readonly provider: TextSpec
  readonly type: TextSpec
  readonly reason: ChoiceSpec & { readonly choices: readonly DeadReason[] }
  readonly olderThan: DurationSpec
  readonly newerThan: DurationSpec
} = {
  endpoint: { kind: 'text', value: 'NAME' },
  provider: { kind: 'text', value: 'NAME', complete: 'provider' },
  type: { kind: 'text', value: 'TYPE' },
  reason: { kind: 'choice', value: 'REASON', choices: deadReasons },
  olderThan: { kind: 'duration' },
  newerThan: { kind: 'duration' },
}

/** Which deliveries that are not dead, beside those of {@link filterOptions} that both have. */
export const stateOptions: { readonly state: ChoiceSpec & { readonly choices: readonly StoredState[] } } = {
  state: { kind: 'choice', value: 'STATE', choices: storedStates },
}

/** Which handled deliveries, beside those of {@link filterOptions} that both have. */
export const receivedOptions: { readonly since: TimeSpec; readonly until: TimeSpec } = {
  since: { kind: 'time', orAgo: true },
  until: { kind: 'time', orAgo: true },
}

/** Which handled deliveries. */
export interface LogValues {
  readonly endpoint: string | undefined
  readonly provider: string | undefined
  readonly type: string | undefined
  readonly since: Date | undefined
  readonly until: Date | undefined
}

/**
 * The filter of the event log that options say; without any it is empty.
 * @throws CliError when nothing can match
 */
export function toLogFilter({ language }: Context, values: LogValues): EventLogFilter {
  const { endpoint, provider, type, since, until } = values
  if (since && until && since >= until) throw usageError(texts[language].filter.noReceipt)
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(provider !== undefined && { provider }),
    ...(type !== undefined && { type }),
    ...(since && { since }),
    ...(until && { until }),
  }
}

/** The values of {@link filterOptions}. */
export interface FilterValues {
  readonly endpoint: string | undefined
  readonly provider: string | undefined
  readonly type: string | undefined
  readonly reason: DeadReason | undefined
  readonly olderThan: number | undefined
  readonly newerThan: number | undefined
}

/**
 * The filter that options say; without any it is empty.
 * @throws CliError when no letter can match
 */
export function toFilter({ language }: Context, values: FilterValues, now: number): DeadLetterFilter {
  const { endpoint, provider, type, reason, olderThan, newerThan } = values
  if (olderThan !== undefined && newerThan !== undefined && newerThan <= olderThan)
    throw usageError(texts[language].filter.noTime)
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(provider !== undefined && { provider }),
    ...(type !== undefined && { type }),
    ...(reason !== undefined && { reason }),
    ...(newerThan !== undefined && { diedFrom: new Date(now - newerThan) }),
    ...(olderThan !== undefined && { diedBefore: new Date(now - olderThan) }),
  }
}

/**
 * The same of deliveries that are not dead, by when they were received.
 * @throws CliError when none can match
 */
export function toStateFilter(
  context: Context,
  values: FilterValues,
  state: StoredState,
  now: number,
): DeliveryFilter {
  if (values.reason !== undefined) throw usageError(texts[context.language].filter.ofDeadList)
  const { endpoint, provider, type, diedFrom, diedBefore } = toFilter(context, values, now)
  return {
    state,
    ...(endpoint !== undefined && { endpoint }),
    ...(provider !== undefined && { provider }),
    ...(type !== undefined && { type }),
    ...(diedFrom && { receivedFrom: diedFrom }),
    ...(diedBefore && { receivedBefore: diedBefore }),
  }
}
