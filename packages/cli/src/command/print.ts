import type { Writable } from 'node:stream'
import type { Context } from './context.ts'

/** Writes a line of the answer. */
export function printLine({ stdout }: Pick<Context, 'stdout'>, line = ''): void {
  stdout.write(`${line}\n`)
}

/** Writes the one JSON document of an answer. */
export function printJson({ stdout }: Pick<Context, 'stdout'>, document: unknown): void {
  stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
}

/** Writes one line of NDJSON. */
export function printEvent({ stdout }: Pick<Context, 'stdout'>, event: object): void {
  stdout.write(`${JSON.stringify(event)}\n`)
}

/** Writes a warning, which is no part of the answer. */
export function warn({ stderr, texts }: Pick<Context, 'stderr' | 'texts'>, message: string): void {
  writeLine(stderr, `acuse: ${texts.warning}: ${message}`)
}

/** Writes a line. */
export function writeLine(to: Writable, line: string): void {
  to.write(`${line}\n`)
}

/** Rows as columns, as wide as their widest cell; the last is as long as it is. */
export function toColumns(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    `${indent}${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(),
  )
}

/** Text of a sender as one line that no terminal takes for commands: control characters are written as escapes. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\r') return '\\r'
    if (character === '\t') return '\\t'
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}
