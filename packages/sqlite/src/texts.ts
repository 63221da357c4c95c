import type { SqlRow, SqlValue } from './sql.ts'

// A noncharacter: it stands in no text that means something, and is itself written as an escape.
const mark = '\uFDD0'
const escaped = /\uFDD0([0-9a-f]{4})/g
// libsql ends a text at its first NUL; both drivers write U+FFFD for half of a surrogate pair.
const unsafe = /[\p{Surrogate}\uFDD0]|\0/gu

/** A value as the file keeps it: each text comes back unit for unit, from every driver, and two never become one. */
export function toStored(value: SqlValue): SqlValue {
  if (typeof value !== 'string') return value
  return value.replace(unsafe, (unit) => mark + unit.charCodeAt(0).toString(16).padStart(4, '0'))
}

/** Texts as one JSON text, whose elements are as the file keeps each of them. */
export function toStoredList(texts: readonly string[]): string {
  // Escaped, so that the text as a whole is stored as it is.
  return JSON.stringify(texts.map(toStored)).replaceAll(mark, '\\ufdd0')
}

/** The text as it was given. */
export function fromStoredText(text: string): string {
  return text.replace(escaped, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
}

/** The same row with its texts as they were given. */
export function fromStored(row: SqlRow): SqlRow {
  let restored: Record<string, SqlValue> | undefined
  for (const name in row) {
    const value = row[name]
    if (typeof value !== 'string' || !value.includes(mark)) continue
    restored ??= { ...row }
    restored[name] = fromStoredText(value)
  }
  return restored ?? row
}
