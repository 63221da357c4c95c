import type { Published } from './contents.ts'
import type { Manager, Project } from './project.ts'
import { versions } from './tools.ts'

export type Language = 'en' | 'es'

/** How a project ended: its failure, or null. */
export interface Result {
  readonly project: Project
  readonly failure: string | null
}

const texts = {
  en: {
    title: 'Install matrix',
    intro: `Where Acuse has been installed and run. Each line is a fresh project that installs the packed packages from a registry, as yours would,
with nothing of the workspace. A script made this page from its results.`,
    what: `A project passes when all of this holds:

- its package manager installs it, with the scripts of packages switched off;
- its own compiler checks it, the declarations of the packages included unless the framework's template leaves them out, and an event that does not exist is an error;
- it builds without a secret in the environment;
- started with one, it answers a forged delivery 401, a signed one 200, and runs its handler once;
- SIGTERM ends it in order: with exit code 0, or by the signal itself where the framework does so.

Projects for test runners do the same within one test. What a bundler made is started in a folder without \`node_modules\`, unless the line
says that a package stays outside.`,
    head: ['project', 'installed by', 'TypeScript', 'runs on', 'result'],
    passed: 'passes',
    failed: 'fails',
    again: `The script packs the packages, serves them on 127.0.0.1 and takes the rest from your registry:

\`\`\`sh
pnpm test:install          # all of them
pnpm test:install --short  # the third that runs in CI
pnpm test:install --only yarn-pnp-cjs --keep
\`\`\``,
    againTitle: 'Run it',
    lowestTitle: 'Lowest versions',
    sizesTitle: 'What each package contains',
    sizes: `As \`npm publish --dry-run\` lists it. Each has its license, its README, the modules for \`import\` (\`dist\`) and for \`require\` (\`cjs\`) with their
declarations and source maps, and the sources that the maps point to. The command of \`@acuse/cli\` has no build for \`require\`.`,
    sizesHead: ['package', 'files', 'packed, KiB', 'unpacked, KiB'],
    lowest: `Node 20.19, Express 4.18, Fastify 5.0, Hono 4.8, Nest 10, TypeScript 5.0. With \`skipLibCheck: false\` it is TypeScript 5.4, because declarations of
zod use what 5.4 brought; 4.9 does not read the declarations of Acuse, whose imports name files with their endings. In Deno, \`deno check\` needs
\`@types/node\` among the dependencies; \`deno run\` does not.`,
  },
  es: {
    title: 'Matriz de instalación',
    intro: `Dónde se ha instalado y ejecutado Acuse. Cada línea es un proyecto nuevo que instala los paquetes empaquetados desde un registro, como lo haría el tuyo,
sin nada del repositorio. Un script escribió esta página con sus resultados.`,
    what: `Un proyecto pasa cuando se cumple todo esto:

- su gestor de paquetes lo instala, con los scripts de los paquetes desactivados;
- su propio compilador lo revisa, incluidas las declaraciones de los paquetes salvo que la plantilla del framework las omita, y un evento que no existe es un error;
- se compila sin un secreto en el entorno;
- iniciado con uno, responde 401 a una entrega falsificada, 200 a una firmada, y ejecuta su handler una vez;
- SIGTERM lo termina en orden: con código de salida 0, o por la señal misma donde el framework lo hace así.

Los proyectos de ejecutores de pruebas hacen lo mismo dentro de una prueba. Lo que produce un empaquetador se inicia en una carpeta sin \`node_modules\`,
salvo que la línea diga que un paquete queda fuera.`,
    head: ['proyecto', 'instalado con', 'TypeScript', 'se ejecuta en', 'resultado'],
    passed: 'pasa',
    failed: 'falla',
    again: `El script empaqueta los paquetes, los sirve en 127.0.0.1 y toma el resto de tu registro:

\`\`\`sh
pnpm test:install          # todos
pnpm test:install --short  # el tercio que se ejecuta en CI
pnpm test:install --only yarn-pnp-cjs --keep
\`\`\``,
    againTitle: 'Cómo ejecutarla',
    lowestTitle: 'Versiones mínimas',
    sizesTitle: 'Qué contiene cada paquete',
    sizes: `Según \`npm publish --dry-run\`. Cada uno trae su licencia, su README, los módulos para \`import\` (\`dist\`) y para \`require\` (\`cjs\`) con sus
declaraciones y source maps, y los fuentes a los que estos apuntan. El comando de \`@acuse/cli\` no tiene versión para \`require\`.`,
    sizesHead: ['paquete', 'archivos', 'empaquetado, KiB', 'desempaquetado, KiB'],
    lowest: `Node 20.19, Express 4.18, Fastify 5.0, Hono 4.8, Nest 10, TypeScript 5.0. Con \`skipLibCheck: false\` es TypeScript 5.4, porque las declaraciones de
zod usan lo que trajo la 5.4; la 4.9 no lee las declaraciones de Acuse, cuyos imports nombran los archivos con su extensión. En Deno, \`deno check\` necesita
\`@types/node\` entre las dependencias; \`deno run\` no.`,
  },
} as const

/** The page about the matrix, in one language. */
export function pageOf(
  language: Language,
  results: readonly Result[],
  published: readonly Published[],
): string {
  const text = texts[language]
  const projects = results.map(({ project, failure }) => [
    titleOf(project, language),
    installerOf(project),
    project.packages?.['typescript'] ?? '',
    runtimeOf(project),
    failure === null ? text.passed : `**${text.failed}**`,
  ])
  const sizes = published.map(({ name, entryCount, size, unpackedSize }) => [
    `\`${name}\``,
    String(entryCount),
    toKiB(size),
    toKiB(unpackedSize),
  ])
  return `# ${text.title}

${text.intro}

${text.what}

${table(text.head, projects)}

## ${text.lowestTitle}

${text.lowest}

## ${text.sizesTitle}

${text.sizes}

${table(text.sizesHead, sizes)}

## ${text.againTitle}

${text.again}
`
}

/** What a project is, in the words of a reader. */
export function titleOf({ what, es }: Project, language: Language): string {
  return language === 'es' ? (es ?? what) : what
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function toKiB(bytes: number): string {
  return String(Math.max(1, Math.round(bytes / 1_024)))
}

const names: Readonly<Record<Manager, string>> = {
  npm: 'npm',
  'npm workspace': 'npm',
  pnpm: `pnpm ${versions.pnpm}`,
  'yarn-pnp': `Yarn ${versions.yarn}`,
  bun: `Bun ${versions.bun}`,
  deno: `Deno ${versions.deno}`,
}

function installerOf({ manager = 'npm' }: Project): string {
  return names[manager]
}

function runtimeOf({ manager, node = 'own', sources }: Project): string {
  if (manager === 'bun' || manager === 'deno') return names[manager]
  if (sources === 'worker') return 'workerd'
  return node === 'own' ? 'Node 20' : `Node ${versions[node]}`
}
