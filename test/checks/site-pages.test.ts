import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { providerPages } from '../../site/provider-pages/pages.ts'
import { everyPage } from '../../site/sidebar.ts'
import { typeErrors } from '../support/compiler.ts'
import { root } from '../support/processes.ts'
import { docs, pagesIn, textOf } from '../support/site-pages.ts'

const isMade = (page: string) => page.startsWith('api/')
const english = pagesIn(docs).filter((page) => !page.startsWith('es/') && !isMade(page))
const spanish = pagesIn(join(docs, 'es'))
const written = everyPage.filter((page) => !isMade(page))

describe('the pages of the site', () => {
  it('are those of the sidebar', () => {
    expect(english).toEqual([...written].sort())
  })

  it('are the same in Spanish', () => {
    expect(spanish).toEqual([...everyPage].sort())
  })

  it('stand in the sidebar once', () => {
    expect(everyPage.filter((page, at) => everyPage.indexOf(page) !== at)).toEqual([])
  })

  it('have one title each', () => {
    const all = [...english, ...spanish.map((page) => `es/${page}`)].filter((page) => !page.endsWith('index'))
    const others = all.filter((page) => !/^(---\n.*?\n---\n+)?# \S/s.test(textOf(page)))
    expect(others).toEqual([])
  })
})

describe('the pages of providers', () => {
  it('are those that their data make: `pnpm docs:pages` writes them', async () => {
    const pages = await providerPages()
    for (const [path, text] of pages) expect(textOf(path.replace(/^docs\/|\.md$/g, '')), path).toBe(text)
    const there = ['providers', 'es/providers'].flatMap((folder) =>
      pagesIn(join(docs, folder)).map((page) => `docs/${folder}/${page}.md`),
    )
    expect(there.sort()).toEqual([...pages.keys()].sort())
  })

  it('have code that the type checker accepts', async () => {
    const folder = join(root, 'test/.tmp/provider-pages')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [path, text] of await providerPages()) {
      // The Spanish page has the very code of the English one.
      const name = /^docs\/providers\/(.*)\.md$/.exec(path)?.[1]
      if (name === undefined) continue
      // Each block is copied alone.
      const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
      for (const [at, code] of blocks.entries())
        writeFileSync(join(folder, `${name}-${at}.ts`), `${code}export {}\n`)
    }
    expect(typeErrors([folder]).get(folder)).toBe('')
  })
})
