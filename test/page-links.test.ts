import { describe, expect, it } from 'vitest'
import { docs, faultOf, pagesIn, relativeLinksOf, targetOf, textOf } from './support/site-pages.ts'

// The pages of the API are made when the site is built, which looks at their links.
const pages = pagesIn(docs).filter((page) => !page.startsWith('api/'))

describe.each(pages)('docs/%s.md', (page) => {
  const links = relativeLinksOf(textOf(page))

  it('links to what is there, and to headings as GitHub names them', () => {
    expect(links.flatMap((href) => faultOf(page, href) ?? [])).toEqual([])
  })

  it('links to pages of its own language', () => {
    const own = page.startsWith('es/')
    const others = links.filter((href) => {
      const target = targetOf(page, href)
      return target.endsWith('.md') && !target.startsWith('..') && target.startsWith('es/') !== own
    })
    expect(others).toEqual([])
  })
})
