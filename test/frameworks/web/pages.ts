import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../support/processes.ts'

/** A fence of a page whose first line is a comment with the path of a file. */
const block = /^```[a-z]+\n(?:\/\/|#) (\S+\.[a-z]+)\n(.*?)^```$/gms

/** The folders of the pages, by language. */
export const languages: Readonly<Record<'en' | 'es', string>> = {
  en: join(root, 'docs/frameworks'),
  es: join(root, 'docs/es/frameworks'),
}

/** The names of the pages of a language. */
export function pagesOf(language: keyof typeof languages): readonly string[] {
  return readdirSync(languages[language]).sort()
}

/** The files that a page shows, by their path in a project. */
export function filesOf(page: string, language: keyof typeof languages = 'en'): ReadonlyMap<string, string> {
  const file = join(languages[language], page)
  if (!existsSync(file)) throw new Error(`There is no page ${file}`)
  const text = readFileSync(file, 'utf8')
  return new Map([...text.matchAll(block)].map(([, path = '', code = '']) => [path, code]))
}

/** Code as a compiler sees it: the languages of a page differ in comments alone. */
export function withoutComments(code: string): string {
  return code
    .replace(/\/\*\*.*?\*\//gs, '')
    .replace(/(^|\s)(?:\/\/|#) .*$/gm, '')
    .trim()
}
