import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { compilerOptions } from './support/compiler.ts'
import { root } from './support/processes.ts'

interface Manifest {
  readonly name: string
  readonly exports: Record<string, string | Record<string, string>>
  readonly files: readonly string[]
}

const manifests = readdirSync(join(root, 'packages')).map((folder) => ({
  folder: join(root, 'packages', folder),
  manifest: JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest,
}))

const entries = manifests.flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [{ name: manifest.name + subpath.slice(1), file: join(folder, target['@acuse/source'] as string) }],
  ),
)

const program = ts.createProgram(
  entries.map(({ file }) => file),
  compilerOptions(),
)
const checker = program.getTypeChecker()

/** What a package ships beside its build and its sources. */
const beside: Readonly<Record<string, readonly string[]>> = {
  '@acuse/cli': ['man'],
  '@acuse/prometheus': ['monitoring'],
}

/** Every exported name: `name` for a value, `type Name` for what only the compiler sees. */
function exportedNames(file: string): string[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return target.flags & ts.SymbolFlags.Value ? symbol.name : `type ${symbol.name}`
    })
    .sort()
}

describe('the public surface', () => {
  it('has under 100 names in the main entry of core', () => {
    expect(exportedNames(join(root, 'packages/core/src/index.ts')).length).toBeLessThan(100)
  })

  it.each(entries)('of $name is what it was', ({ name, file }) => {
    expect(exportedNames(file)).toMatchSnapshot(name)
  })

  it.each(manifests)(
    'of $manifest.name ships its build and its sources, sources first for this repository',
    ({ manifest }) => {
      const builds = manifest.name === '@acuse/cli' ? ['dist'] : ['dist', 'cjs']
      expect(manifest.files).toEqual([...builds, ...(beside[manifest.name] ?? []), 'src'])
      const conditions = builds.length === 1 ? ['types', 'default'] : ['import', 'require']
      for (const target of Object.values(manifest.exports)) {
        if (typeof target !== 'string') expect(Object.keys(target)).toEqual(['@acuse/source', ...conditions])
      }
    },
  )
})
