import type { Awaitable } from '../model/awaitable.ts'
import { didYouMean } from './did-you-mean.ts'

/** Whether a value is a promise of any library. */
export function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  // Asked of every answer: a call less than `fieldOf`.
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}

/**
 * A whole number within bounds.
 * @throws TypeError that names the option, its bounds and what was given
 */
export function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new TypeError(`${name} must be a whole number from ${min} to ${max}, not ${describe(value)}`)
}

/**
 * Refuses options that nobody reads: a misspelt security option must not be ignored.
 * @throws TypeError that names the unknown option and the known ones
 */
export function knownOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${where} must be an object, not ${describe(options)}`)
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const meant = didYouMean(unknown, known)
  throw new TypeError(`${where} has no option '${unknown}'.${meant} It has: ${known.join(', ')}`)
}

/** Names a value's kind for an error message, without its content: it may be a secret. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'number' ? String(value) : typeof value
}

const dayMs = 86_400_000

/**
 * How long a close may wait, in milliseconds.
 * @throws TypeError when it is no whole number from 0 to 86 400 000 (a day)
 */
export function checkTimeoutMs(timeoutMs: unknown): number {
  return wholeNumber('timeoutMs', timeoutMs, 0, dayMs)
}
