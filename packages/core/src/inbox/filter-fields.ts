import { describe, knownOptions } from '../lib/options.ts'

/** Each field of a filter, what it takes, and whether a value is that. */
export type FilterFields<Filter extends object> = {
  readonly [Name in keyof Filter]-?: readonly [kind: string, isRight: (value: unknown) => boolean]
}

const isText = (value: unknown): boolean => typeof value === 'string'

/** Kinds of fields. */
export const textField: readonly [string, (value: unknown) => boolean] = ['a text', isText]
export const timeField: readonly [string, (value: unknown) => boolean] = ['a valid Date', isTime]
export const allField: readonly [string, (value: unknown) => boolean] = ['true', (value) => value === true]

function isTime(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

/**
 * A filter of a call that changes something: such a call asks for exactly what it means.
 * @throws TypeError when a field is unknown, `undefined` or of another kind, or when no field says which
 */
export function checkFilter<Filter extends object>(
  where: string,
  filter: Filter,
  fields: FilterFields<Filter>,
): Filter {
  knownOptions(where, filter, Object.keys(fields))
  // `knownOptions` has refused every other name.
  const given = Object.entries(filter) as [keyof Filter & string, unknown][]
  for (const [name, value] of given) {
    const [kind, isRight] = fields[name]
    if (!isRight(value))
      throw new TypeError(
        `${where}: ${name} must be ${kind}, not ${describeValue(value)}. Leave out what you do not mean`,
      )
  }
  if (given.length === 0) throw new TypeError(`${where} takes no empty filter: say { all: true } to mean all`)
  if (given.some(([name]) => name === 'all') && given.length > 1)
    throw new TypeError(`${where}: all: true stands alone. Leave it out beside other fields`)
  return filter
}

/**
 * A filter of a call that only reads. It may be empty; a field that is `undefined` matches all.
 * @throws TypeError when a field is unknown or of another kind
 */
export function checkQuery<Filter extends object>(
  where: string,
  filter: Filter,
  fields: FilterFields<Filter>,
): Partial<Filter> {
  knownOptions(where, filter, Object.keys(fields))
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  return given.length === 0 ? {} : checkFilter(where, Object.fromEntries(given) as Filter, fields)
}

function describeValue(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.slice(0, 40)}'`
    : value === undefined
      ? 'undefined'
      : describe(value)
}
