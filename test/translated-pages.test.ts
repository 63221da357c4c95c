import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/processes.ts'

const spanish = join(root, 'docs/es')
/** Pages that stand in both languages and are written by hand: generated ones have tests of their own. */
const pages = readdirSync(spanish).filter(
  (file) => file.endsWith('.md') && existsSync(join(root, 'docs', file)),
)

/** What must be the same in each language. */
function structure(file: string) {
  const blocks: string[] = []
  const prose = readFileSync(file, 'utf8').replaceAll(
    /^```(\w+)\n(.*?)^```$/gms,
    (_all, language: string, code: string) => {
      blocks.push(`${language} ${/^[jt]sx?$/.test(language) ? withoutComments(code) : ''}`)
      return ''
    },
  )
  return {
    blocks,
    headings: [...prose.matchAll(/^#+ /gm)].map(String),
    rows: [...prose.matchAll(/^\|.*$/gm)].map(([row]) => row.split(/(?<!\\)\|/).length),
    listed: [...prose.matchAll(/^(?:-|\d+\.) /gm)].length,
  }
}

/** Comments are translated; the rest of a block is code. */
function withoutComments(code: string): string {
  return code
    .replaceAll(/\/\*\*.*?\*\//gs, '')
    .replaceAll(/(^|\s)\/\/ .*$/gm, '')
    .replaceAll(/\s+/g, ' ')
}

describe.each(pages)('docs/es/%s', (page) => {
  it('has the sections, tables, lists and code of the page in English', () => {
    expect(structure(join(spanish, page))).toEqual(structure(join(root, 'docs', page)))
  })
})

it('finds the pages in Spanish', () => {
  expect(pages).toContain('acknowledging.md')
})
