import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/processes.ts'

const docs = join(root, 'docs')
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !/(^|\/)(node_modules|api)\//.test(file))
  .sort()

/** A page without its code, where a hash begins no heading. */
function proseOf(page: string): string {
  return readFileSync(join(docs, page), 'utf8').replace(/^```.*?^```$/gms, '')
}

/** The anchors of a page, as GitHub and the site make them from its headings. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, title = ''] of proseOf(page).matchAll(/^#+ (.*)$/gm)) {
    const words = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = words.replace(/[^\p{L}\p{M}\p{N}_ -]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let at = 1; anchors.has(anchor); at++) anchor = `${slug}-${at}`
    anchors.add(anchor)
  }
  return anchors
}

/** What a page links to in the repository: its path from docs, and the anchor if there is one. */
function linksOf(
  page: string,
): { readonly link: string; readonly target: string; readonly anchor?: string }[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^(https?|mailto):/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : relative(docs, join(docs, dirname(page), path))
      return { link, target, ...(anchor !== undefined && { anchor }) }
    })
}

describe.each(pages)('docs/%s', (page) => {
  const links = linksOf(page)

  it('links to what is there, and to headings that are there', () => {
    const dead = links.filter(({ target, anchor }) => {
      if (!existsSync(join(docs, target))) return true
      return anchor !== undefined && pages.includes(target) && !anchorsOf(target).has(anchor)
    })
    expect(dead.map(({ link }) => link)).toEqual([])
  })

  it('links to pages of its own language', () => {
    const own = page.startsWith('es/')
    const others = links.filter(({ target }) => pages.includes(target) && target.startsWith('es/') !== own)
    expect(others.map(({ link }) => link)).toEqual([])
  })
})
