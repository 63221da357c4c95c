import { arch, platform } from 'node:os'
import { join } from 'node:path'

/** One runtime: the npm package that holds its binary, and how it is started. */
export interface Runtime {
  readonly name: string
  /** `alias@npm:package@version`, exact; absent for the Node that runs this. */
  readonly install?: string
  /** The binary and its arguments, in the folder of the installation. */
  readonly command: (folder: string) => readonly string[]
  /** The Node that also runs the contract of inboxes on its own driver of SQLite, in the folder of the tests. */
  readonly node?: (folder: string) => string
}

const workerdVersion = '1.20261117.1'
// Binaries for glibc Linux: the install scripts that would choose among them do not run.
const suffixes = {
  x64: { node: 'x64', bun: 'x64', deno: 'x64-glibc', workerd: '64' },
  arm64: { node: 'arm64', bun: 'aarch64', deno: 'arm64-glibc', workerd: 'arm64' },
} as const

/**
 * Every runtime, at its exact version.
 * @throws Error on a machine whose binaries are not listed
 */
export function runtimes(): readonly Runtime[] {
  const suffix = suffixes[arch() as keyof typeof suffixes]
  if (platform() !== 'linux' || !suffix) {
    throw new Error(`The runtimes are listed for Linux on x64 and arm64, not for ${platform()} on ${arch()}`)
  }
  const process =
    (binary: string, ...args: string[]) =>
    (folder: string) => [join(folder, 'node_modules', binary), ...args, join(folder, 'entry-process.mjs')]
  const node = (version: string, name: string): Runtime => ({
    name: `Node ${version}`,
    install: `${name}@npm:node-linux-${suffix.node}@${version}`,
    command: process(`${name}/bin/node`),
    node: (folder) => join(folder, 'node_modules', name, 'bin/node'),
  })
  return [
    {
      name: `Node ${globalThis.process.versions.node}`,
      command: (folder) => [globalThis.process.execPath, join(folder, 'entry-process.mjs')],
      node: () => globalThis.process.execPath,
    },
    node('22.23.3', 'node22'),
    node('24.21.0', 'node24'),
    {
      name: 'Bun 1.4.5',
      install: `bun@npm:@oven/bun-linux-${suffix.bun}@1.4.5`,
      command: process('bun/bin/bun'),
    },
    {
      name: 'Deno 2.9.6',
      install: `deno@npm:@deno/linux-${suffix.deno}@2.9.6`,
      command: process('deno/deno', 'run', '--no-remote', '--allow-all'),
    },
    {
      name: `workerd ${workerdVersion}`,
      install: `workerd@npm:@cloudflare/workerd-linux-${suffix.workerd}@${workerdVersion}`,
      command: (folder) => [
        join(folder, 'node_modules/workerd/bin/workerd'),
        'test',
        join(folder, 'workerd.capnp'),
      ],
    },
  ]
}
