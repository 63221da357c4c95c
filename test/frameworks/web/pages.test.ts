import { describe, expect, it } from 'vitest'
import { apps } from './apps.ts'
import { filesOf } from './pages.ts'

/** The pages that `pnpm test:frameworks` runs. */
const pages = [...new Set(apps.map(({ page }) => page))]

describe.each(pages)('the page of a framework, %s', (page) => {
  it('shows the files of the project that is tested', () => {
    expect([...filesOf(page).keys()]).not.toEqual([])
  })
})
