import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Project } from './project.ts'

const sources = fileURLToPath(new URL('projects/', import.meta.url))

/** Where packages come from. */
export interface Registries {
  /** Of the packed packages. */
  readonly ours: string
  /** Of all others: the one that this machine uses. */
  readonly usual: string
}

/** Writes a project into a new folder: its sources, package.json, tsconfig.json and what names the registry. */
export function prepare(folder: string, project: Project, registries: Registries): void {
  mkdirSync(folder, { recursive: true })
  cpSync(join(sources, project.sources), folder, { recursive: true })
  const files: Record<string, string> = {
    'package.json': JSON.stringify(manifestOf(project), null, 2),
    '.npmrc': `@acuse:registry=${registries.ours}/\nignore-scripts=true\naudit=false\nfund=false\nupdate-notifier=false\n`,
    ...project.files,
  }
  if (project.compiler) files['tsconfig.json'] = JSON.stringify(tsconfigOf(project.compiler), null, 2)
  if (project.manager === 'yarn-pnp') files['.yarnrc.yml'] = yarnrc(registries)
  if (project.manager === 'yarn-pnp') files['yarn.lock'] = ''
  if (project.manager === 'pnpm') files['pnpm-workspace.yaml'] = 'packages: []\n'
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function manifestOf(project: Project): object {
  const ours = Object.fromEntries(project.acuse.map((name) => [`@acuse/${name}`, '*']))
  const own = project.manifest?.['dependencies'] ?? {}
  return {
    name: project.name,
    version: '1.0.0',
    private: true,
    ...(project.type && { type: project.type }),
    ...project.manifest,
    dependencies: { ...ours, ...project.packages, ...own },
  }
}

function tsconfigOf(options: Project['compiler']): object {
  return {
    compilerOptions: {
      target: 'es2022',
      strict: true,
      esModuleInterop: true,
      outDir: 'dist',
      // The declarations of ours are checked, too, and of everything that they name.
      skipLibCheck: false,
      types: ['node'],
      ...options,
    },
    include: ['*.ts', 'src/**/*.ts', 'app/**/*.ts', 'app/**/*.tsx'],
  }
}

function yarnrc({ ours, usual }: Registries): string {
  return `nodeLinker: pnp
enableTelemetry: false
enableScripts: false
enableGlobalCache: false
npmMinimalAgeGate: 0
unsafeHttpWhitelist: ['127.0.0.1']
npmRegistryServer: '${usual}'
npmScopes:
  acuse:
    npmRegistryServer: '${ours}'
`
}
