import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What an answer, or a part of it, must be: a text, or what a regular expression matches. */
export type Wanted = string | { readonly matches: string }

/** One request, and what is right. */
export interface SenderCase {
  readonly name: string
  readonly method: string
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly want: {
    readonly status: number
    /** The types that handlers get for this request. */
    readonly events?: readonly string[]
    readonly body?: Wanted
    readonly contentType?: Wanted
    readonly headers?: Readonly<Record<string, Wanted>>
  }
}

/** The requests of a sender, in their order: state carries over from one to the next. */
export interface CaseFile {
  readonly file: string
  /** The time at which the requests are fresh. */
  readonly now: string
  readonly setUp: Readonly<Record<string, string>>
  readonly cases: readonly SenderCase[]
}

const folder = join(import.meta.dirname, 'cases')

/** The cases of each sender. */
export const caseFiles: readonly CaseFile[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    file,
    ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<CaseFile, 'file'>),
  }))

/** Whether a text is what is wanted; nothing wanted: anything is. */
export function isWanted(text: string, wanted: Wanted | undefined): boolean {
  if (wanted === undefined) return true
  return typeof wanted === 'string' ? text === wanted : new RegExp(wanted.matches).test(text)
}
