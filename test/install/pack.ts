import { mkdirSync, readdirSync } from 'node:fs'
import { root, run } from '../support/processes.ts'

/** Packs every package as it would be published, into a folder; the names of the files. */
export async function packAll(folder: string): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true })
  // Each would build itself and what it needs, which `pnpm build` has done for all.
  const pack = ['exec', 'pnpm', 'pack', '--config.ignore-scripts=true', '--pack-destination', folder]
  await run('npx', ['-y', 'pnpm@10.34.9', '--filter', './packages/*', ...pack], {
    cwd: root,
    maxBuffer: 2 ** 26,
  })
  return readdirSync(folder).filter((file) => file.endsWith('.tgz'))
}
