import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import MiniSearch from 'minisearch'
import { beforeAll, describe, expect, it } from 'vitest'
import { questions } from '../../site/questions.ts'
import { searchSettings } from '../../site/search.ts'
import type { Language } from '../../site/sidebar.ts'
import { root, run } from '../support/processes.ts'

const site = join(root, 'site')
const dist = join(site, 'dist')
let printed = ''

beforeAll(async () => {
  const typedoc = ['node_modules/typedoc/bin/typedoc', '--options', 'site/typedoc.json']
  const api = await run(process.execPath, typedoc, { cwd: root })
  const options = { cwd: site, env: { ...process.env, NODE_ENV: 'production' }, maxBuffer: 2 ** 26 }
  const built = await run(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'build'], options)
  printed = `${api.stdout}${api.stderr}${built.stdout}${built.stderr}`
}, 1_800_000)

/** The files of the built site that end so. */
function built(...endings: readonly string[]): readonly string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    endings.some((ending) => file.endsWith(ending)),
  )
}

/** The places of a text that make a browser load something from another host. */
function loadsOf(text: string): readonly string[] {
  const outside = String.raw`["'\x60(]?\s*(?:https?:)?\/\/(?!www\.w3\.org\/)[\w.-]+`
  const patterns = [
    String.raw`<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\b(?:src|srcset)=${outside}`,
    String.raw`<link\b(?![^>]*rel="(?:canonical|alternate)")[^>]*\bhref=${outside}`,
    String.raw`@import\s+(?:url\()?${outside}`,
    String.raw`\burl\(\s*${outside}`,
    String.raw`\bimport\(\s*${outside}`,
    String.raw`\bfrom\s*${outside}`,
  ]
  return patterns.flatMap((pattern) => text.match(new RegExp(pattern, 'g')) ?? [])
}

/** The file of the site that answers a path of it. */
function fileOf(path: string): string {
  const plain = decodeURI(path.replace(/^\//, ''))
  return plain === '' || plain.endsWith('/') ? `${plain}index.html` : `${plain}.html`
}

describe('the documentation site', () => {
  it('is built without a warning', () => {
    expect(printed).toContain('build complete')
    expect(printed.match(/^.*\b(warn(ing)?|error|deprecated)\b.*$/gim) ?? []).toEqual([])
  })

  it('loads nothing from another host', () => {
    const found = built('.html', '.css', '.js').flatMap((file) =>
      loadsOf(readFileSync(join(dist, file), 'utf8')).map((load) => `${file}: ${load}`),
    )
    expect(found).toEqual([])
  })

  it('finds a load from another host', () => {
    const loads = [
      '<script src="https://cdn.example/a.js">',
      '<link rel="stylesheet" href="//cdn.example/a.css">',
      '<img alt="" src="http://example.cl/a.png">',
      '@import "https://fonts.example/a.css"',
      'src: url(https://fonts.example/a.woff2)',
      'import("https://cdn.example/a.js")',
    ]
    for (const load of loads) expect(loadsOf(load), load).toHaveLength(1)
    expect(loadsOf('<a href="https://example.cl/">')).toEqual([])
  })

  it('has the pages and headings that its pages link to', () => {
    const ids = new Map<string, string>()
    const textOf = (file: string) => {
      const text = ids.get(file) ?? readFileSync(join(dist, file), 'utf8')
      ids.set(file, text)
      return text
    }
    const dead = built('.html').flatMap((file) =>
      [...textOf(file).matchAll(/<a\b[^>]*\bhref="(\/[^"#]*)?(?:#([^"]*))?"/g)].flatMap(
        ([, path, anchor = '']) => {
          const target = path === undefined ? file : fileOf(path)
          const isFile = /\.\w+$/.test(path ?? '') && existsSync(join(dist, path ?? ''))
          if (!isFile && !existsSync(join(dist, target))) return [`${file}: ${path}`]
          const id = decodeURIComponent(anchor)
          return id === '' || textOf(target).includes(`id="${id}"`) ? [] : [`${file}: ${path ?? ''}#${id}`]
        },
      ),
    )
    expect([...new Set(dead)]).toEqual([])
  })

  it('draws each diagram from a source that is in the page', () => {
    const withDiagram = built('.html').filter((file) =>
      readFileSync(join(dist, file), 'utf8').includes('class="mermaid-diagram"'),
    )
    expect(withDiagram).toContain('index.html')
    expect(withDiagram).toContain('es/index.html')
  })
})

/** The search of a language, as the theme makes it: the first results, without the sections of a page. */
async function search(language: Language): Promise<(asked: string) => readonly string[]> {
  const locale = language === 'en' ? 'root' : 'es'
  const file = built('.js').find((name) => name.includes(`@localSearchIndex${locale}.`))
  const { default: index } = (await import(pathToFileURL(join(dist, String(file))).href)) as {
    default: string
  }
  const found = MiniSearch.loadJSON(index, {
    fields: ['title', 'titles', 'text'],
    storeFields: ['title', 'titles'],
    ...searchSettings.options,
    searchOptions: searchSettings.searchOptions,
  })
  return (asked) => found.search(asked).map(({ id }) => String(id))
}

describe.each(['en', 'es'] as const)('the search of the site, in %s', (language) => {
  let ask: (asked: string) => readonly string[]
  beforeAll(async () => {
    ask = await search(language)
  })

  it.each(questions)('answers «$asked.en / $asked.es» among its first five results', ({ asked, answers }) => {
    const prefix = language === 'en' ? '/' : '/es/'
    const first = ask(asked[language]).slice(0, 5)
    const pages = first.map((id) => id.replace(/#.*/, ''))
    const hits = answers.filter((answer) => pages.includes(`${prefix}${answer.replace(/index$/, '')}`))
    expect(hits.length, `found ${first.join(', ')}`).toBeGreaterThan(0)
  })

  it('finds words with and without their accents', () => {
    expect(ask('autenticacion')).toEqual(ask('autenticación'))
  })
})

it('has twenty-five questions, each from a thread of its own', () => {
  expect(questions).toHaveLength(25)
  expect(new Set(questions.map(({ thread }) => thread)).size).toBe(25)
})
