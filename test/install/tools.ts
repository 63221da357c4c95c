import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { run } from '../support/processes.ts'
import type { NodeName } from './project.ts'

/** The package managers and runtimes that the projects use, from the registry at exact versions. */
export const versions = {
  node22: '22.23.3',
  node24: '24.21.0',
  bun: '1.4.5',
  deno: '2.9.6',
  pnpm: '10.34.9',
  yarn: '4.18.1',
} as const

/** Where they are. */
export interface Tools {
  /** A folder with `pnpm`, `yarn`, `bun`, `bunx` and `deno`. */
  readonly bin: string
  /** The folder of a Node, to stand first in PATH. */
  nodeFolder(name: NodeName): string
}

/** Installs them below a folder; their own install scripts do not run. */
export async function installTools(folder: string): Promise<Tools> {
  const suffix = { x64: ['x64', 'x64', 'x64-glibc'], arm64: ['arm64', 'aarch64', 'arm64-glibc'] }[
    arch() as string
  ]
  if (platform() !== 'linux' || !suffix)
    throw new Error(`The tools are listed for Linux on x64 and arm64, not for ${platform()} on ${arch()}`)
  const [node, bun, deno] = suffix
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const packages = [
    `node22@npm:node-linux-${node}@${versions.node22}`,
    `node24@npm:node-linux-${node}@${versions.node24}`,
    `bun@npm:@oven/bun-linux-${bun}@${versions.bun}`,
    `deno@npm:@deno/linux-${deno}@${versions.deno}`,
    `pnpm@${versions.pnpm}`,
    `yarn@npm:@yarnpkg/cli-dist@${versions.yarn}`,
  ]
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  await run('npm', ['install', ...flags, ...packages], { cwd: folder })
  const modules = join(folder, 'node_modules')
  const binaries = {
    bun: 'bun/bin/bun',
    bunx: 'bun/bin/bun',
    deno: 'deno/deno',
    pnpm: 'pnpm/bin/pnpm.cjs',
    yarn: 'yarn/bin/yarn.js',
  }
  for (const [name, path] of Object.entries(binaries)) {
    chmodSync(join(modules, path), 0o755)
    symlinkSync(join(modules, path), join(folder, 'bin', name))
  }
  return {
    bin: join(folder, 'bin'),
    nodeFolder(name) {
      if (name === 'own') return join(process.execPath, '..')
      chmodSync(join(modules, name, 'bin/node'), 0o755)
      return join(modules, name, 'bin')
    },
  }
}
