import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

/**
 * A program of the tests, compiled, on the built packages: each start of its sources would compile all of them again.
 * @returns its path, in reach of what its package depends on
 */
export function bundled(file: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // Code that asks for its own path means its source.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(file)) },
  })
  const text = outputFiles[0]?.text ?? ''
  const folder = join(packageOf(file), 'node_modules/.cache/acuse')
  const path = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`)
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    // Several tests may do this at once.
    writeFileSync(`${path}.${process.pid}`, text)
    renameSync(`${path}.${process.pid}`, path)
  }
  return path
}

function packageOf(file: string): string {
  const folder = dirname(file)
  return existsSync(join(folder, 'package.json')) ? folder : packageOf(folder)
}
