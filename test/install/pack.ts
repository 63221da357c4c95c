import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../support/processes.ts'

const pnpm = ['-y', 'pnpm@10.34.9']
const maxBuffer = 2 ** 26

/** Packs every package as it would be published, into a folder. The build is there. */
export async function packAll(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  // Each would build itself and what it needs, which `pnpm build` has done for all.
  const pack = ['exec', 'pnpm', 'pack', '--config.ignore-scripts=true', '--pack-destination', folder]
  await run('npx', [...pnpm, '--filter', './packages/*', ...pack], { cwd: root, maxBuffer })
}

/** Packs core from a fresh clone, in which nothing has been built; the tarball. */
export async function packFreshClone(folder: string): Promise<string> {
  const clone = join(folder, 'clone')
  await run('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone])
  await run('npx', [...pnpm, 'install', '--prefer-offline', '--silent'], { cwd: clone, maxBuffer })
  const to = join(folder, 'fresh')
  mkdirSync(to)
  const pack = ['--filter', '@acuse/core', 'exec', 'pnpm', 'pack', '--pack-destination', to]
  await run('npx', [...pnpm, ...pack], { cwd: clone, maxBuffer })
  const [tarball] = readdirSync(to)
  if (tarball === undefined) throw new Error('a fresh clone packed nothing')
  return join(to, tarball)
}
