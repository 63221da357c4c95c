import type { Path } from '../model/path.ts'
import { isJsonObject } from './json.ts'

/** The parts left out below a place: all of it, or some of its fields. */
export interface Omitted {
  isWhole: boolean
  readonly fields: Map<string, Omitted>
}

/** The value at a path of a payload that leads through no list; `undefined`: nothing. */
export function valueAt(payload: unknown, path: Path): unknown {
  let found = payload
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = Reflect.get(found, key)
  }
  return found
}

/**
 * Paths, put together.
 * @throws TypeError when one names no field
 */
export function toOmitted(name: string, paths: readonly Path[]): Omitted {
  const top: Omitted = { isWhole: false, fields: new Map() }
  for (const path of paths) {
    const keys = typeof path === 'string' ? path.split('.') : ['']
    if (keys.includes(''))
      throw new TypeError(`${name} must list paths of fields, such as 'delivery.attempt'`)
    let at = top
    for (const key of keys) {
      const next = at.fields.get(key) ?? { isWhole: false, fields: new Map() }
      at.fields.set(key, next)
      at = next
    }
    at.isWhole = true
  }
  return top
}

/**
 * One text for each parsed JSON value without what is left out: fields in the order of their names, no blanks.
 * Two bodies that a handler cannot tell apart have the same.
 */
export function toCanonicalJson(value: unknown, omitted?: Omitted): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return listText(value, omitted?.fields.get('*'))
  // Not `JSON.stringify`, to which 1e999 is null.
  if (!isJsonObject(value)) return String(value)
  let text = ''
  for (const name of Object.keys(value).sort()) {
    const below = omitted?.fields.get(name)
    if (below?.isWhole) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${toCanonicalJson(value[name], below)}`
  }
  return `{${text}}`
}

function listText(list: readonly unknown[], omitted: Omitted | undefined): string {
  if (omitted?.isWhole) return '[]'
  return `[${list.map((element) => toCanonicalJson(element, omitted)).join()}]`
}
