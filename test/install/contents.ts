import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../support/processes.ts'

/** What `npm publish` says that it would send. */
export interface Published {
  readonly name: string
  /** Bytes of the tarball. */
  readonly size: number
  readonly unpackedSize: number
  readonly entryCount: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** Asks `npm publish --dry-run` about a tarball; `registry` is one that knows no package. */
export async function dryRun(tarball: string, registry: string): Promise<Published> {
  const flags = [
    '--dry-run',
    '--json',
    '--ignore-scripts',
    `--registry=${registry}`,
    `--@acuse:registry=${registry}`,
  ]
  // Provenance can be made in CI alone.
  const { stdout } = await run('npm', ['publish', tarball, '--provenance=false', ...flags], {
    maxBuffer: 2 ** 26,
  })
  const told = JSON.parse(stdout) as Published | Readonly<Record<string, Published>>
  return ('files' in told ? told : Object.values(told)[0]) as Published
}

/** What is wrong with a package's files: something that must not be published, or that is missing. */
export function findFaults({ name, files }: Published): readonly string[] {
  const paths = files.map(({ path }) => path)
  const folder = join(root, 'packages', name.replace('@acuse/', ''))
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { files: string[] }
  const needed = ['LICENSE', 'README.md', 'package.json']
  return [
    ...paths.filter((path) => unwanted.test(path)).map((path) => `${path} is published`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `there is no ${path}`),
    ...manifest.files
      .filter((part) => !paths.some((path) => path === part || path.startsWith(`${part}/`)))
      .map((part) => `there is nothing of ${part}`),
    ...['dist', 'src']
      .filter((part) => !manifest.files.includes(part))
      .map((part) => `${part} is not in its list of files`),
    ...withoutBuild(paths),
  ]
}

const unwanted =
  /(^|\/)(tests?|node_modules|coverage|\.tmp|\.env.*|\.npmrc)(\/|$)|\.(tsbuildinfo|test\.[cm]?[jt]sx?|log|db|tgz)$|(^|\/)\.DS_Store$/

/** Each source has been built; a build of another checkout may be older than its sources. */
function withoutBuild(paths: readonly string[]): readonly string[] {
  const known = new Set(paths)
  return paths
    .filter((path) => /^src\/.*(?<!\.d)\.ts$/.test(path))
    .map((path) => path.replace(/^src/, 'dist').replace(/\.ts$/, '.js'))
    .filter((path) => !known.has(path))
    .map((path) => `there is no ${path}`)
}
