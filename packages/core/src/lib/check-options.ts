import type { Clock } from '../model/clock.ts'
import { checkClock } from './check-clock.ts'
import { describe, knownOptions } from './options.ts'

/** The kind of an option; `checked`: whoever takes it checks it. */
export type OptionKind =
  | 'number'
  | 'text'
  | 'true or false'
  | 'function'
  | 'list'
  | 'object'
  | 'clock'
  | 'checked'

/** The kind of each option; the mapped type makes a forgotten one an error. */
export type OptionKinds<Options extends object> = { readonly [Name in keyof Options]-?: OptionKind }

const words: { readonly [Kind in OptionKind]: string } = {
  number: 'a whole number within its bounds',
  text: 'text',
  'true or false': 'true or false',
  function: 'a function',
  list: 'a list',
  object: 'an object of values by name',
  clock: 'a clock',
  checked: 'anything',
}

/**
 * Checks that options are known, and of their kinds. Only `undefined` is absent: `null` and `NaN` are values, and wrong.
 * @throws TypeError that names the option and what it takes
 */
export function checkOptions<Options extends object>(
  where: string,
  options: Options,
  kinds: OptionKinds<Options>,
  prefix = '',
): void {
  knownOptions(where, options, Object.keys(kinds))
  for (const [name, kind] of Object.entries<OptionKind>(kinds)) {
    const value: unknown = Reflect.get(options, name)
    if (value !== undefined) checkKind(prefix + name, value, kind)
  }
}

/**
 * Checks one value.
 * @throws TypeError that names it and what it takes
 */
export function checkKind(name: string, value: unknown, kind: OptionKind): void {
  // It refuses what is none.
  if (kind === 'clock') checkClock(value as Clock)
  else if (!isOf(value, kind)) throw new TypeError(`${name} must be ${words[kind]}, not ${describe(value)}`)
}

function isOf(value: unknown, kind: OptionKind): boolean {
  switch (kind) {
    case 'number':
      return Number.isInteger(value)
    case 'text':
      return typeof value === 'string'
    case 'true or false':
      return typeof value === 'boolean'
    case 'function':
      return typeof value === 'function'
    case 'list':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return true
  }
}
