// Builds packages: `build.ts` all of them and the examples, `build.ts FOLDER…` these and what they need.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const tsc = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-b', ...(given.length > 0 ? given : [root])], { stdio: 'inherit' })

const all = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
const folders = given.length > 0 ? given.map((folder) => resolve(folder)) : all
await Promise.all(folders.filter(hasRequire).map(writeCommonJs))

function hasRequire(folder: string): boolean {
  const { files } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { files?: string[] }
  return files?.includes('cjs') ?? false
}

/**
 * The same modules for `require`, beside those for `import`: jest has no other, and TypeScript's `module: commonjs` wants their types.
 * They stand in a folder of their own, whose package.json says what its `.js` and `.d.ts` are.
 */
async function writeCommonJs(folder: string): Promise<void> {
  const from = join(folder, 'dist')
  const to = join(folder, 'cjs')
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' })
  const scripts = files.filter((file) => file.endsWith('.js'))
  const types = files.filter((file) => file.endsWith('.d.ts'))
  await build({
    entryPoints: scripts.map((file) => join(from, file)),
    outdir: to,
    outbase: from,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    // jest has no import() either.
    supported: { 'dynamic-import': false },
    logOverride: { 'empty-import-meta': 'silent' },
  })
  for (const file of types) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    // Editors find the sources by the maps of the other build.
    writeFileSync(
      join(to, file),
      readFileSync(join(from, file), 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, ''),
    )
  }
  writeFileSync(join(to, 'package.json'), '{ "type": "commonjs" }\n')
  // What an older build left is published by nobody.
  const known = new Set([...scripts, ...scripts.map((file) => `${file}.map`), ...types, 'package.json'])
  for (const file of readdirSync(to, { recursive: true, encoding: 'utf8' })) {
    if (/\.\w+$/.test(file) && !known.has(file) && existsSync(join(to, file))) rmSync(join(to, file))
  }
}
