import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The pages of the API are in English alone. Whoever changes the language on one, or types its Spanish address, is sent to it:
 * here for addresses that are typed, in the theme for links.
 * @param folder where the site is built
 * @param pages the paths of its sources
 */
export function writeRedirects(folder: string, pages: readonly string[]): void {
  for (const page of pages) {
    if (!page.startsWith('api/') || page === 'api/index.md') continue
    const path = page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')
    const file = join(folder, 'es', page.replace(/\.md$/, '.html'))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(
      file,
      `<!doctype html><meta http-equiv="refresh" content="0; url=/${path}"><a href="/${path}">${path}</a>\n`,
    )
  }
}
