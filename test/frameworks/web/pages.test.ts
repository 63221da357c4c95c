import { describe, expect, it } from 'vitest'
import { apps } from './apps.ts'
import { filesOf, pagesOf, withoutComments } from './pages.ts'

/** The pages that `pnpm test:frameworks` runs. */
const pages = [...new Set(apps.map(({ page }) => page))]

describe.each(pages)('the page of a framework, %s', (page) => {
  it('shows the files of the project that is tested', () => {
    expect([...filesOf(page).keys()]).not.toEqual([])
  })

  it('shows the same files in Spanish, comments apart', () => {
    const code = (language: 'en' | 'es') =>
      [...filesOf(page, language)].map(([path, text]) => [path, withoutComments(text)])
    expect(code('es')).toEqual(code('en'))
  })
})

describe('the pages of frameworks', () => {
  it('are the same in both languages', () => {
    expect(pagesOf('es')).toEqual(pagesOf('en'))
  })
})
