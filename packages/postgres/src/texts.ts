// A noncharacter: it stands in no text that means something, and is itself written as an escape.
const mark = '\uFDD0'
const escaped = /\uFDD0([0-9a-f]{4})/g
// Postgres takes no NUL; half of a surrogate pair is no UTF-8.
const unsafe = /[\p{Surrogate}\uFDD0]|\0/gu

/** A text as the table keeps it: each comes back unit for unit, and two never become one. */
export function toStored(text: string): string {
  return text.replace(unsafe, (unit) => mark + unit.charCodeAt(0).toString(16).padStart(4, '0'))
}

/** The text that was given. */
export function fromStored(stored: string): string {
  if (!stored.includes(mark)) return stored
  return stored.replace(escaped, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
}

/** A value as JSON, each text in it as the table keeps it. */
export function toStoredJson(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'string' ? toStored(each) : each))
}

/** What a column of JSON answers: already read, each text in it as it was given. */
export function fromStoredJson<T>(value: T): T {
  const text = JSON.stringify(value)
  // Where no text is escaped, nothing is copied.
  if (!text.includes(mark)) return value
  return JSON.parse(text, (_, each) => (typeof each === 'string' ? fromStored(each) : each))
}
