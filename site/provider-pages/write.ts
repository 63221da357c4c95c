// Writes the page of each provider: `pnpm docs:pages`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { providerPages } from './pages.ts'

const root = new URL('../../', import.meta.url)
const pages = await providerPages()
for (const folder of ['docs/providers/', 'docs/es/providers/']) {
  rmSync(new URL(folder, root), { recursive: true, force: true })
  mkdirSync(new URL(folder, root), { recursive: true })
}
for (const [path, text] of pages) writeFileSync(new URL(path, root), text)
