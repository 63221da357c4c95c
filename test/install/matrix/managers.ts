import type { Project } from '../project.ts'
import { check, express5, node10, node16, nodenext, nodeTypes, tsc, typescript } from './versions.ts'

const ts = { ...typescript, ...nodeTypes }
const app = { sources: 'express-ts', acuse: ['express', 'core'], packages: { ...ts, ...express5 } }
const sqlite = {
  ...app,
  sources: 'sqlite',
  acuse: ['express', 'core', 'sqlite'],
  compiler: node10,
  build: [tsc],
}
const built = ['node', 'dist/server.js']

/** Package managers, runtimes, drivers. */
export const managers: readonly Project[] = [
  {
    ...app,
    name: 'pnpm-strict',
    what: 'pnpm, Express 5, CommonJS',
    manager: 'pnpm',
    compiler: node16,
    build: [tsc],
    start: built,
  },
  {
    ...app,
    name: 'yarn-pnp-cjs',
    what: "Yarn Plug'n'Play, Express 5, CommonJS",
    short: true,
    manager: 'yarn-pnp',
    compiler: node16,
    build: [tsc],
    start: built,
  },
  {
    ...app,
    name: 'yarn-pnp-esm',
    what: "Yarn Plug'n'Play, Express 5, ES modules",
    es: "Yarn Plug'n'Play, Express 5, módulos ES",
    manager: 'yarn-pnp',
    type: 'module',
    compiler: nodenext,
    build: [tsc],
    start: built,
  },
  {
    name: 'npm-workspaces',
    what: 'npm workspaces: the application in one, its handlers in another',
    es: 'npm workspaces: la aplicación en uno, sus handlers en otro',
    manager: 'npm workspace',
    sources: 'workspaces',
    acuse: [],
    manifest: { workspaces: ['app', 'handlers'] },
    packages: ts,
    build: [['tsc', '-b', 'app']],
    start: ['node', 'app/dist/server.js'],
  },
  {
    name: 'bun',
    what: 'Bun: `bun install`, `bun run`, Hono',
    short: true,
    manager: 'bun',
    sources: 'hono-bun',
    type: 'module',
    acuse: ['hono'],
    packages: { ...typescript, hono: '4.13.19', '@types/bun': '1.3.5' },
    compiler: { module: 'preserve', moduleResolution: 'bundler', types: ['bun'], skipLibCheck: true },
    build: [check],
    start: ['bun', 'run', 'server.ts'],
  },
  {
    ...app,
    name: 'bun-express',
    what: 'Bun: `bun install`, `bun run`, Express 5',
    manager: 'bun',
    type: 'module',
    start: ['bun', 'run', 'server.ts'],
  },
  {
    name: 'deno',
    what: 'Deno: `deno install`, `deno run`, Hono',
    manager: 'deno',
    sources: 'hono-deno',
    type: 'module',
    acuse: ['hono'],
    // Declarations of ours and of Hono name Node's types.
    packages: { ...nodeTypes, hono: '4.13.19' },
    build: [['deno', 'check', 'server.ts']],
    start: ['deno', 'run', '--allow-net', '--allow-env', '--allow-read', '--allow-sys', 'server.ts'],
  },
  {
    ...sqlite,
    name: 'sqlite-libsql',
    what: '`sqliteInbox` with libsql, Node 20',
    es: '`sqliteInbox` con libsql, Node 20',
    short: true,
    start: built,
  },
  {
    ...sqlite,
    name: 'sqlite-node-22',
    what: '`sqliteInbox` with node:sqlite, Node 22',
    es: '`sqliteInbox` con node:sqlite, Node 22',
    node: 'node22',
    start: built,
  },
  {
    ...sqlite,
    name: 'sqlite-node-24',
    what: '`sqliteInbox` with node:sqlite, Node 24',
    es: '`sqliteInbox` con node:sqlite, Node 24',
    node: 'node24',
    start: built,
  },
]
