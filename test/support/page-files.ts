import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './processes.ts'

/**
 * Writes the TypeScript of a page of docs to files, as a reader would copy them. The first line of a block names its
 * file, such as `// my-inbox.ts`; blocks of one name are one file, in order.
 * @param mend changes a file before it is written
 * @returns the folder of the files
 */
export function writePage(
  page: string,
  folder: string = page,
  mend: (code: string, name: string) => string = (code) => code,
): string {
  const text = readFileSync(join(root, 'docs', `${page}.md`), 'utf8')
  const files = new Map<string, string>()
  for (const [, name = '', code = ''] of text.matchAll(/^```ts\n\/\/ ([\w.-]+\.ts)\b[^\n]*\n(.*?)^```$/gms))
    files.set(name, `${files.get(name) ?? ''}${code}`)
  const target = join(root, 'test/.tmp', folder)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const [name, code] of files) writeFileSync(join(target, name), mend(code, name))
  return target
}
