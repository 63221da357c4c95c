import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../support/processes.ts'

/** A fence of a page whose first line is a comment with the path of a file. */
const block = /^```[a-z]+\n(?:\/\/|#) (\S+\.[a-z]+)\n(.*?)^```$/gms

/** The files that a page shows, by their path in a project. */
export function filesOf(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, 'docs/frameworks', page), 'utf8')
  return new Map([...text.matchAll(block)].map(([, path = '', code = '']) => [path, code]))
}
