// Writes the pages of all commands from their source: docs/cli/*.md, docs/es/cli/*.md and man/*.1.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { commands } from '../src/commands/index.ts'
import { everyHelp, pagesOf } from '../src/help/pages.ts'

const root = new URL('../../../', import.meta.url)
for (const folder of ['docs/cli/', 'docs/es/cli/', 'packages/cli/man/']) {
  rmSync(new URL(folder, root), { recursive: true, force: true })
  mkdirSync(new URL(folder, root), { recursive: true })
}
for (const { path, text } of pagesOf(commands)) writeFileSync(fileURLToPath(new URL(path, root)), text)

const manifest = new URL('packages/cli/package.json', root)
const man = everyHelp(commands, 'en').map(({ file }) => `./man/${file}.1`)
const fields = { ...JSON.parse(readFileSync(manifest, 'utf8')), man }
writeFileSync(manifest, `${JSON.stringify(fields, undefined, 2)}\n`)
