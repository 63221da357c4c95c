import type { Compiler, Project } from '../project.ts'
import { bundler, check, express5, node16, nodeTypes, typescript } from './versions.ts'

const ts = { ...typescript, ...nodeTypes }
const esbuild = { esbuild: '0.28.2' }
const app = { sources: 'express-ts', acuse: ['express', 'core'], compiler: bundler, type: 'module' as const }
const toCommonJs = ['--bundle', '--platform=node', '--format=cjs']

const webpackConfig = `module.exports = {
  mode: 'production',
  target: 'node20',
  entry: './server.ts',
  output: { path: __dirname + '/dist', filename: 'server.cjs' },
  module: { rules: [{ test: /\\.ts$/, use: 'ts-loader', exclude: /node_modules/ }] },
  resolve: { extensions: ['.ts', '.js'] },
}
`
const rollupConfig = `import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import resolve from '@rollup/plugin-node-resolve'
export default {
  input: 'out/server.js',
  output: { file: 'dist/server.cjs', format: 'cjs', inlineDynamicImports: true },
  plugins: [resolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), json()],
}
`

/** As `create-next-app` writes it. */
const nextCompiler: Compiler = {
  ...bundler,
  target: 'es2017',
  lib: ['dom', 'dom.iterable', 'esnext'],
  allowJs: true,
  skipLibCheck: true,
  noEmit: true,
  incremental: true,
  isolatedModules: true,
  resolveJsonModule: true,
  jsx: 'react-jsx',
  plugins: [{ name: 'next' }],
}

/** Bundlers; what they make runs in a folder without node_modules. */
export const bundles: readonly Project[] = [
  {
    name: 'esbuild-cjs-sqlite',
    what: 'esbuild to one CommonJS file with `sqliteInbox`, Node 24',
    es: 'esbuild a un archivo CommonJS con `sqliteInbox`, Node 24',
    short: true,
    sources: 'sqlite',
    acuse: ['express', 'core', 'sqlite'],
    node: 'node24',
    packages: { ...ts, ...express5, ...esbuild },
    compiler: bundler,
    build: [check, ['esbuild', 'server.ts', ...toCommonJs, '--outfile=dist/server.cjs']],
    alone: 'dist',
    start: ['node', 'server.cjs'],
  },
  {
    name: 'esbuild-cjs-libsql',
    what: 'esbuild to one CommonJS file with `sqliteInbox`, libsql left outside, Node 20',
    es: 'esbuild a un archivo CommonJS con `sqliteInbox`, libsql fuera, Node 20',
    sources: 'sqlite',
    acuse: ['express', 'core', 'sqlite'],
    packages: { ...ts, ...express5, ...esbuild, libsql: '0.5.29' },
    compiler: bundler,
    build: [check, ['esbuild', 'server.ts', ...toCommonJs, '--external:libsql', '--outfile=dist/server.cjs']],
    start: ['node', 'dist/server.cjs'],
  },
  {
    ...app,
    name: 'esbuild-esm',
    what: 'esbuild to an ES module, Fastify',
    es: 'esbuild a un módulo ES, Fastify',
    sources: 'fastify-ts',
    acuse: ['fastify', 'core'],
    packages: { ...ts, ...esbuild, fastify: '5.12.8' },
    build: [
      check,
      [
        ...[
          'esbuild',
          'server.ts',
          '--bundle',
          '--platform=node',
          '--format=esm',
          '--outfile=dist/server.mjs',
        ],
        "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      ],
    ],
    alone: 'dist',
    start: ['node', 'server.mjs'],
  },
  {
    ...app,
    name: 'webpack-5-cjs',
    what: 'webpack 5 to CommonJS, ts-loader',
    es: 'webpack 5 a CommonJS, ts-loader',
    short: true,
    packages: { ...ts, ...express5, webpack: '5.113.0', 'webpack-cli': '6.0.1', 'ts-loader': '9.6.2' },
    files: { 'webpack.config.cjs': webpackConfig },
    build: [['webpack']],
    alone: 'dist',
    start: ['node', 'server.cjs'],
  },
  {
    ...app,
    name: 'rollup-4-cjs',
    what: 'rollup 4 to CommonJS',
    es: 'rollup 4 a CommonJS',
    compiler: { ...bundler, outDir: 'out' },
    packages: {
      ...ts,
      ...express5,
      rollup: '4.68.8',
      '@rollup/plugin-node-resolve': '16.0.3',
      '@rollup/plugin-commonjs': '29.0.3',
      '@rollup/plugin-json': '6.1.0',
    },
    files: { 'rollup.config.mjs': rollupConfig },
    build: [
      ['tsc', '-p', '.'],
      ['rollup', '-c', '--silent'],
    ],
    alone: 'dist',
    start: ['node', 'server.cjs'],
  },
  {
    name: 'tsup-8',
    what: 'tsup 8 to CommonJS',
    es: 'tsup 8 a CommonJS',
    sources: app.sources,
    acuse: app.acuse,
    compiler: node16,
    packages: { ...ts, ...express5, tsup: '8.5.1' },
    build: [check, ['tsup', 'server.ts', '--format', 'cjs', '--no-config', '--silent']],
    start: ['node', 'dist/server.js'],
  },
  {
    ...app,
    name: 'vite-7-ssr',
    what: 'vite 7, a build for the server with all inside',
    es: 'vite 7, compilación para el servidor con todo dentro',
    packages: { ...ts, ...express5, vite: '7.3.8' },
    files: { 'vite.config.js': 'export default { ssr: { noExternal: true, target: "node" } }\n' },
    build: [check, ['vite', 'build', '--ssr', 'server.ts', '--logLevel', 'error']],
    alone: 'dist',
    start: ['node', 'server.js'],
  },
  {
    name: 'lambda-cjs',
    what: 'AWS Lambda, esbuild to CommonJS, Hono',
    es: 'AWS Lambda, esbuild a CommonJS, Hono',
    short: true,
    sources: 'lambda',
    acuse: ['hono'],
    packages: { ...ts, ...esbuild, hono: '4.13.19' },
    compiler: { ...bundler, lib: ['es2023', 'dom', 'dom.iterable'] },
    build: [
      check,
      ['esbuild', 'handler.ts', ...toCommonJs, '--minify', '--outfile=dist/handler.js'],
      ['cp', 'run.cjs', 'dist/run.cjs'],
    ],
    alone: 'dist',
    start: ['node', 'run.cjs'],
  },
  {
    name: 'next-16',
    what: 'Next.js 16, App Router, `next build` (standalone)',
    short: true,
    sources: 'next',
    acuse: ['core', 'providers'],
    packages: {
      ...ts,
      next: '16.4.6',
      react: '19.3.1',
      'react-dom': '19.3.1',
      '@types/react': '19.3.3',
      '@types/react-dom': '19.3.0',
    },
    compiler: nextCompiler,
    build: [['next', 'build']],
    start: ['node', 'start.mjs'],
    endsBySignal: true,
  },
  {
    name: 'next-15',
    what: 'Next.js 15, App Router, `next build` (standalone)',
    sources: 'next',
    acuse: ['core', 'providers'],
    packages: {
      ...ts,
      next: '15.5.29',
      react: '19.3.1',
      'react-dom': '19.3.1',
      '@types/react': '19.3.3',
      '@types/react-dom': '19.3.0',
    },
    compiler: nextCompiler,
    build: [['next', 'build']],
    start: ['node', 'start.mjs'],
    endsBySignal: true,
  },
  {
    name: 'wrangler-4',
    what: 'Cloudflare Workers, Hono, `wrangler deploy --dry-run`, run in workerd',
    es: 'Cloudflare Workers, Hono, `wrangler deploy --dry-run`, ejecutado en workerd',
    sources: 'worker',
    acuse: ['hono'],
    packages: { ...ts, wrangler: '4.60.0', hono: '4.13.19' },
    compiler: { ...bundler, lib: ['es2023', 'dom', 'dom.iterable'] },
    build: [check, ['wrangler', 'deploy', '--dry-run', '--outdir', 'dist']],
    start: ['node', 'run.mjs'],
  },
]
