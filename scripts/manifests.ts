// Brings what every published package states alike into its package.json: `pnpm manifests`; with `--check`, says what differs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const home = 'https://github.com/acuse/acuse'
/** Commands have no use for `require`. */
const onlyModules: ReadonlySet<string> = new Set(['@acuse/cli'])

/** What this file says of each, whatever stood there. */
const stated: ReadonlySet<string> = new Set(
  'main types typesVersions type author homepage repository bugs publishConfig scripts'.split(' '),
)

type Manifest = Record<string, unknown> & {
  readonly name: string
  readonly exports: Record<string, string | Record<string, unknown>>
}

/** The manifest of a package in a folder of `packages`, as it should be. */
function toManifest(folder: string, given: Manifest): Manifest {
  const { name, version, description, license, keywords, exports, files, engines, sideEffects, ...others } =
    given
  const rest = Object.fromEntries(Object.entries(others).filter(([key]) => !stated.has(key)))
  const withRequire = !onlyModules.has(name)
  const more = (files as string[]).filter((each) => !['dist', 'cjs', 'src'].includes(each))
  return {
    name,
    version,
    description,
    license,
    author: 'The Acuse authors',
    homepage: `${home}#readme`,
    repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${folder}` },
    bugs: `${home}/issues`,
    keywords,
    type: 'module',
    engines,
    sideEffects,
    ...(withRequire && entries(exports)),
    exports: Object.fromEntries(
      Object.entries(exports).map(([path, target]) => [path, toTarget(target, withRequire)]),
    ),
    files: ['dist', ...(withRequire ? ['cjs'] : []), ...more, 'src'],
    publishConfig: { access: 'public', provenance: true },
    scripts: {
      ...(given['scripts'] as Record<string, string> | undefined),
      prepack: `cd ../.. && node --import tsx scripts/build.ts packages/${folder}`,
    },
    ...rest,
  }
}

function toTarget(target: string | Record<string, unknown>, withRequire: boolean): unknown {
  if (typeof target === 'string') return target
  const stem = stemOf(target)
  const source = { '@acuse/source': `./src/${stem}.ts` }
  const module = { types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` }
  if (!withRequire) return { ...source, ...module }
  const script = { types: `./cjs/${stem}.d.ts`, default: `./cjs/${stem}.js` }
  return { ...source, import: module, require: script }
}

/** The path of a module in its package, the same in the sources and in both builds. */
function stemOf(target: Record<string, unknown>): string {
  return String(target['@acuse/source']).replace(/^\.\/src\/|\.ts$/g, '')
}

/** Where compilers look that read no `exports`: TypeScript's `node10`, which is what `module: commonjs` means by default. */
function entries(exports: Manifest['exports']): Record<string, unknown> {
  const paths = Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return []
    return [[path.replace(/^\.\/?/, ''), `./cjs/${stemOf(target)}`] as const]
  })
  const main = paths.find(([path]) => path === '')?.[1]
  const others = paths
    .filter(([path]) => path !== '')
    .map(([path, stem]) => [path, [`${stem}.d.ts`]] as const)
  return {
    ...(main !== undefined && { main: `${main}.js`, types: `${main}.d.ts` }),
    ...(others.length > 0 && { typesVersions: { '*': Object.fromEntries(others) } }),
  }
}

const differing: string[] = []
for (const folder of readdirSync(join(root, 'packages'))) {
  const file = join(root, 'packages', folder, 'package.json')
  const text = readFileSync(file, 'utf8')
  const wanted = `${JSON.stringify(toManifest(folder, JSON.parse(text) as Manifest), undefined, 2)}\n`
  if (wanted === text) continue
  differing.push(folder)
  if (!process.argv.includes('--check')) writeFileSync(file, wanted)
}
if (process.argv.includes('--check') && differing.length > 0) {
  process.stderr.write(
    `package.json of ${differing.join(', ')} is not as scripts/manifests.ts has it: pnpm manifests\n`,
  )
  process.exitCode = 1
}
