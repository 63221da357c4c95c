import { createRequire } from 'node:module'

/** One fresh project: the files of a page, and what stands around them. */
export interface App {
  readonly name: string
  /** The page whose files it is made of. */
  readonly page: string
  /** What it depends on, at exact versions. */
  readonly packages: Readonly<Record<string, string>>
  /** Files of every project of the framework, which the page does not show. */
  readonly files?: Readonly<Record<string, string>>
  /** Builds it, without a secret in the environment. */
  readonly build?: readonly (readonly string[])[]
  /** Starts its server on `PORT`, with the secret or without. */
  readonly start: readonly string[]
  /** Where it answers. Default: `/webhooks/redcumbre`. */
  readonly paths?: readonly string[]
  /** More of the environment of its server. */
  readonly env?: Readonly<Record<string, string>>
}

const typescript = { typescript: '5.9.3', '@types/node': '20.19.43' }
const react = {
  react: '19.3.1',
  'react-dom': '19.3.1',
  '@types/react': '19.3.3',
  '@types/react-dom': '19.3.0',
}
const strict = {
  target: 'ES2022',
  module: 'ESNext',
  moduleResolution: 'bundler',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
}
const tsconfig = (options: object, include: readonly string[]): string =>
  JSON.stringify({ compilerOptions: { ...strict, ...options }, include })
const suffix = process.arch === 'arm64' ? { bun: 'aarch64', deno: 'arm64' } : { bun: 'x64', deno: 'x64' }
const { version: tsx } = createRequire(import.meta.url)('tsx/package.json') as { version: string }
const onNode = { ...typescript, tsx }

/** A layout as each React framework wants one. */
const nextLayout = `export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>
}
`
const remixRoot = `import { Outlet } from 'react-router'
export default function Root() {
  return <html lang="en"><body><Outlet /></body></html>
}
`
const svelteShell =
  '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>'

/** The bundle that wrangler would upload, in the runtime that it is uploaded to. */
const miniflareServer = `import { Miniflare } from 'miniflare'
const { PORT, REDCUMBRE_WEBHOOK_SECRET } = process.env
const worker = new Miniflare({
  host: '127.0.0.1',
  port: Number(PORT),
  modules: [{ type: 'ESModule', path: 'dist/index.js' }],
  compatibilityDate: '2026-01-01',
  compatibilityFlags: ['nodejs_compat'],
  bindings: REDCUMBRE_WEBHOOK_SECRET ? { REDCUMBRE_WEBHOOK_SECRET } : {},
  queueProducers: { DELIVERIES: 'deliveries' },
  queueConsumers: { deliveries: { maxBatchTimeout: 0 } },
})
await worker.ready
process.on('SIGTERM', () => worker.dispose())
`
/** The function, called with a Request as Vercel does. */
const vercelServer = `import { createAdaptorServer } from '@hono/node-server'
import { POST } from './dist/redcumbre.mjs'
const server = createAdaptorServer({ fetch: (request) => POST(request) })
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => server.close())
`

/** Every app that runs in a process of its own. */
export const apps: readonly App[] = [
  {
    name: 'nextjs',
    page: 'nextjs.md',
    packages: { ...typescript, ...react, next: '16.4.6' },
    files: { 'app/layout.tsx': nextLayout, 'app/page.tsx': 'export default () => null\n' },
    build: [['next', 'build']],
    start: ['next', 'start', '--hostname', '127.0.0.1'],
    paths: ['/webhooks/redcumbre', '/api/webhooks/redcumbre', '/webhooks/documents'],
  },
  {
    name: 'sveltekit',
    page: 'sveltekit.md',
    packages: {
      ...typescript,
      '@sveltejs/kit': '2.70.4',
      '@sveltejs/adapter-node': '5.5.7',
      '@sveltejs/vite-plugin-svelte': '6.2.3',
      svelte: '5.57.3',
      vite: '7.3.8',
    },
    files: {
      'src/app.html': svelteShell,
      'src/routes/+page.svelte': '<p></p>\n',
      'vite.config.ts':
        "import { sveltekit } from '@sveltejs/kit/vite'\nexport default { plugins: [sveltekit()] }\n",
      'tsconfig.json': '{ "extends": "./.svelte-kit/tsconfig.json" }',
    },
    build: [
      ['svelte-kit', 'sync'],
      ['tsc', '--noEmit'],
      ['vite', 'build'],
    ],
    start: ['node', 'build'],
    env: { HOST: '127.0.0.1', BODY_SIZE_LIMIT: '4M' },
  },
  {
    // The last that runs on Node 20.
    name: 'nuxt',
    page: 'nuxt.md',
    packages: { ...typescript, nuxt: '4.4.5' },
    files: { 'app/app.vue': '<template><p></p></template>\n' },
    build: [['nuxt', 'build']],
    start: ['node', '.output/server/index.mjs'],
    env: { HOST: '127.0.0.1' },
  },
  {
    name: 'react-router',
    page: 'remix.md',
    packages: {
      ...typescript,
      ...react,
      'react-router': '7.18.4',
      '@react-router/dev': '7.18.4',
      '@react-router/node': '7.18.4',
      '@react-router/serve': '7.18.4',
      isbot: '5.2.3',
      vite: '7.3.8',
    },
    files: {
      'app/root.tsx': remixRoot,
      'vite.config.ts':
        "import { reactRouter } from '@react-router/dev/vite'\nexport default { plugins: [reactRouter()] }\n",
      'tsconfig.json': tsconfig({ jsx: 'react-jsx', rootDirs: ['.', './.react-router/types'] }, [
        'app',
        '.react-router/types',
      ]),
    },
    build: [['react-router', 'typegen'], ['tsc'], ['react-router', 'build']],
    start: ['react-router-serve', 'build/server/index.js'],
    env: { HOST: '127.0.0.1' },
  },
  {
    name: 'elysia',
    page: 'elysia.md',
    packages: {
      ...typescript,
      elysia: '1.4.30',
      bun: `npm:@oven/bun-linux-${suffix.bun}@1.4.5`,
      '@types/bun': '1.4.5',
    },
    files: { 'tsconfig.json': tsconfig({ types: ['bun'] }, ['*.ts']) },
    build: [['tsc']],
    start: ['node_modules/bun/bin/bun', 'elysia.ts'],
  },
  {
    name: 'bun',
    page: 'elysia.md',
    packages: { elysia: '1.4.30', bun: `npm:@oven/bun-linux-${suffix.bun}@1.4.5` },
    start: ['node_modules/bun/bin/bun', 'serve.ts'],
  },
  {
    name: 'deno',
    page: 'deno.md',
    packages: { deno: `npm:@deno/linux-${suffix.deno}-glibc@2.9.6` },
    build: [['node_modules/deno/deno', 'check', 'main.ts']],
    start: [
      'node_modules/deno/deno',
      'run',
      '--no-remote',
      '--allow-net',
      '--allow-env',
      '--allow-read',
      'main.ts',
    ],
  },
  {
    name: 'hono',
    page: 'hono.md',
    packages: { ...onNode, hono: '4.13.19', '@hono/node-server': '2.1.8' },
    files: { 'tsconfig.json': tsconfig({ types: ['node'] }, ['*.ts']) },
    build: [['tsc']],
    start: ['node', '--import', 'tsx', 'server.ts'],
  },
  {
    name: 'node-http',
    page: 'node-http.md',
    packages: onNode,
    files: { 'tsconfig.json': tsconfig({ types: ['node'] }, ['*.ts']) },
    build: [['tsc']],
    start: ['node', '--import', 'tsx', 'server.ts'],
  },
  {
    name: 'cloudflare-workers',
    page: 'cloudflare-workers.md',
    packages: {
      ...typescript,
      wrangler: '4.86.0',
      miniflare: '4.20260426.0',
    },
    files: {
      'tsconfig.json': tsconfig({ lib: ['ES2022'], types: ['./worker-configuration.d.ts'] }, ['src']),
      'miniflare.mjs': miniflareServer,
    },
    build: [['wrangler', 'types'], ['tsc'], ['wrangler', 'deploy', '--dry-run', '--outdir', 'dist']],
    start: ['node', 'miniflare.mjs'],
    paths: ['/webhooks/redcumbre', '/webhooks/queued'],
  },
  {
    name: 'vercel',
    page: 'vercel.md',
    packages: { ...typescript, esbuild: '0.28.2', '@hono/node-server': '2.1.8', hono: '4.13.19' },
    files: { 'tsconfig.json': tsconfig({ types: ['node'] }, ['api']), 'vercel.mjs': vercelServer },
    build: [
      ['tsc'],
      [
        'esbuild',
        'api/webhooks/redcumbre.ts',
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--outfile=dist/redcumbre.mjs',
      ],
    ],
    start: ['node', 'vercel.mjs'],
    paths: ['/api/webhooks/redcumbre'],
    env: { VERCEL: '1' },
  },
]
