import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../support/processes.ts'
import type { Published } from './contents.ts'
import { pageOf } from './page.ts'
import { projects } from './projects.ts'

/** How projects ended, by name: their failures, or null. */
export type Results = Map<string, string | null>

/** What an earlier run of some projects left in a file. */
export function readResults(file: string | undefined): Results {
  if (file === undefined || !existsSync(file)) return new Map()
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | null>))
}

/** Keeps them for the next run. */
export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`)
}

/**
 * Writes the page of the matrix in both languages.
 * @throws Error when the result of a project is not known
 */
export function writePages(results: Results, published: readonly Published[]): void {
  const told = projects.map((project) => {
    const failure = results.get(project.name)
    if (failure === undefined)
      throw new Error(`${project.name} has not been run: run it with the same --results`)
    return { project, failure }
  })
  for (const [language, page] of [
    ['en', 'docs/install-matrix.md'],
    ['es', 'docs/es/install-matrix.md'],
  ] as const) {
    const file = join(root, page)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, pageOf(language, told, published))
  }
}
