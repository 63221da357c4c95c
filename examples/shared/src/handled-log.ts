import { appendFileSync } from 'node:fs'

/** An event whose handler came to its end. */
export interface Handled {
  readonly id: string
  readonly type: string
  readonly attempt: number
  readonly payload: { readonly bheId?: string; readonly timestamp: string }
}

/** Appends a line of JSON for an event; not at all where no file is named. */
export function logHandled(path: string | undefined, { id, type, attempt, payload }: LoggedEvent): void {
  // A kill in the middle tears a line: what the next process writes must not become a part of it.
  if (path) appendFileSync(path, `\n${JSON.stringify({ id, type, attempt, payload })}\n`)
}

/** The logged fields of an event. */
type LoggedEvent = Omit<Handled, 'payload'> & { readonly payload: unknown }

/** The event of a line; `undefined` where the line is empty, or torn by a kill. */
export function parseHandled(line: string): Handled | undefined {
  try {
    return JSON.parse(line) as Handled
  } catch {
    return undefined
  }
}
