import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { docs, pagesIn, textOf } from './support/site-pages.ts'

/** Pages that stand in both languages and are written by hand: generated ones have tests of their own. */
const pages = pagesIn(join(docs, 'es')).filter(
  (page) => !/^(api|cli|providers)\//.test(page) && existsSync(join(docs, `${page}.md`)),
)

// A comment that is the path of a file is no prose.
const script = /\/\*\*.*?\*\/|(?<!\S)\/\/ (?!\S+\.[a-z]+\n)[^\n]*/gs
const hash = /(?<!\S)# (?!\S+\.[a-z]+\n)[^\n]*/g
/** Languages of code, and what is translated in them: comments, and what a unit says that it is. */
const translated: Readonly<Record<string, RegExp>> = {
  ts: script,
  js: script,
  json: script,
  jsonc: script,
  sh: hash,
  yaml: hash,
  nginx: hash,
  dockerfile: hash,
  ini: /(?<!\S)# [^\n]*|^Description=[^\n]*/gm,
  sql: /(?<!\S)-- [^\n]*/g,
}
/** Languages of prose: diagrams, what a terminal shows, a drawing without a language. */
const prosaic = ['', 'mermaid', 'text', 'console']

/** What must be the same in each language. */
function structure(page: string) {
  const blocks: string[] = []
  const prose = textOf(page).replaceAll(
    /^( *)```([^\n]*)\n(.*?)^\1```$/gms,
    (_all, _indent, language: string, code: string) => {
      blocks.push(`${language} ${codeOf(language, code)}`)
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

/** The code of a block without what is translated. */
function codeOf(language: string, block: string): string {
  if (prosaic.includes(language)) return ''
  return block.replaceAll(translated[language] ?? hash, '').replaceAll(/\s+/g, ' ')
}

describe.each(pages)('docs/es/%s.md', (page) => {
  it('has the sections, tables, lists and code of the page in English', () => {
    expect(structure(`es/${page}`)).toEqual(structure(page))
  })
})

it('finds the pages in Spanish, those in folders too', () => {
  expect(pages).toEqual(expect.arrayContaining(['acknowledging', 'frameworks/aws-lambda']))
})
