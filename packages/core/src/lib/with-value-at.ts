import type { Path } from '../model/path.ts'

const listIndex = /^\d+$/

/**
 * A copy of a payload with another value at a path. What leads there is made where it is missing; a number is an element of
 * a list, and `*` each element of one.
 */
export function withValueAt(payload: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  if (path === '') return change(payload)
  const [key = '', ...rest] = path.split('.')
  const below = (value: unknown): unknown => withValueAt(value, rest.join('.'), change)
  if (key === '*') return Array.isArray(payload) ? payload.map(below) : payload
  if (Array.isArray(payload) || (payload === undefined && listIndex.test(key))) {
    const list: unknown[] = [...(payload ?? [])]
    list[Number(key)] = below(list[Number(key)])
    return list
  }
  const holder: Record<string, unknown> = { ...Object(payload) }
  return { ...holder, [key]: below(holder[key]) }
}
