import type { Awaitable } from '../model/awaitable.ts'

/**
 * What an alert is about. `error-rate`: attempts that failed, and authentic requests that were refused. `retries-late`: retries
 * begin later than planned. `duplicates`: the sender repeats itself. `dead-letters`: deliveries became dead letters.
 * `oldest-waiting`: the oldest delivery that is not handled is too old. `inbox-unreachable`: the inbox does not say how it is.
 */
export type AlertName =
  | 'error-rate'
  | 'retries-late'
  | 'duplicates'
  | 'dead-letters'
  | 'oldest-waiting'
  | 'inbox-unreachable'

/** The unit of an alert's figures: a share from 0 to 1, milliseconds, or a number. */
export type AlertUnit = 'ratio' | 'ms' | 'count'

/** What is wrong, or right again. It says nothing of what is in deliveries. */
export interface Alert {
  /** Names this alert; the same when it is resolved. */
  readonly id: string
  /** What it is about. */
  readonly name: AlertName
  /** `firing`: it is wrong now. `resolved`: it is right again. */
  readonly state: 'firing' | 'resolved'
  /** The provider's name; absent where it is about an inbox. */
  readonly provider?: string | undefined
  /** The receiver's endpoint; absent where it is about an inbox. */
  readonly endpoint?: string | undefined
  /** The inbox, by the name that `watch` was given; absent where it is about a receiver. */
  readonly inbox?: string | undefined
  /** The figure that passed the threshold. */
  readonly value: number
  /** The threshold that it passed: the upper one as it fires, the lower one as it is resolved. */
  readonly threshold: number
  /** The unit of both. */
  readonly unit: AlertUnit
  /** How many deliveries, requests, attempts or looks the figure is of. */
  readonly of: number
  /** When it began to fire. */
  readonly firedAt: Date
  /** When it was resolved; absent while it fires. */
  readonly resolvedAt?: Date | undefined
  /** The same in one line for a person. */
  readonly summary: string
}

/** What a notifier is given beside the alert. */
export interface NotifyContext {
  /** Aborted when `timeoutMs` is over: nobody waits for the notifier any more. */
  readonly signal: AbortSignal
}

/** Tells somebody of an alert. What it throws, rejects or takes too long for is tried again, and never reaches a receiver. */
export type Notifier = (alert: Alert, context: NotifyContext) => Awaitable<unknown>

/** Whom a figure is of. */
export type Subject = Pick<Alert, 'provider' | 'endpoint' | 'inbox'>

/** The key of what is judged apart. No name has a line break. */
export function keyOf(name: AlertName, { provider = '', endpoint = '', inbox = '' }: Subject): string {
  return `${name}\n${provider}\n${endpoint}\n${inbox}`
}

/** A figure, and of how many it is. */
export interface Figure {
  readonly value: number
  readonly of: number
}

const units: { readonly [Name in AlertName]: AlertUnit } = {
  'error-rate': 'ratio',
  'retries-late': 'ms',
  duplicates: 'ratio',
  'dead-letters': 'count',
  'oldest-waiting': 'ms',
  'inbox-unreachable': 'count',
}

const words: { readonly [Name in AlertName]: string } = {
  'error-rate': 'error rate',
  'retries-late': 'mean delay of retries beyond their time',
  duplicates: 'share of duplicates',
  'dead-letters': 'new dead letters',
  'oldest-waiting': 'age of the oldest delivery that is not handled',
  'inbox-unreachable': 'failed looks at the inbox in a row',
}

/** An alert with its unit and its words. */
export function toAlert(alert: Omit<Alert, 'unit' | 'summary'>): Alert {
  const { name, state, provider, endpoint, inbox, value, threshold, of } = alert
  const unit = units[name]
  const where = inbox ?? `${provider} (${endpoint})`
  const many = unit === 'ratio' ? ` of ${of}` : ''
  const passed = state === 'firing' ? 'above' : 'no longer above'
  const summary = `${where}: ${words[name]} is ${figureOf(value, unit)}${many}, ${passed} ${figureOf(threshold, unit)}`
  return { ...alert, unit, summary }
}

function figureOf(value: number, unit: AlertUnit): string {
  if (unit === 'ratio') return `${Math.round(value * 1_000) / 10} %`
  return unit === 'ms' ? `${Math.round(value / 100) / 10} s` : String(value)
}
