import type { Compiler, Project } from '../project.ts'
import { bundler, express5, node16, nodenext, nodeTypes, tsc } from './versions.ts'

const compiled = (version: string, compiler: Compiler, more: Partial<Project> = {}): Project => ({
  name: `typescript-${version.replace(/\.\d+$/, '')}`,
  what: `TypeScript ${version}, ${more.type === 'module' ? 'ES modules' : 'CommonJS'}, \`${compiler.moduleResolution}\``,
  es: `TypeScript ${version}, ${more.type === 'module' ? 'módulos ES' : 'CommonJS'}, \`${compiler.moduleResolution}\``,
  sources: 'express-ts',
  acuse: ['express', 'core'],
  packages: { ...nodeTypes, ...express5, typescript: version },
  compiler,
  build: [tsc],
  start: ['node', 'dist/server.js'],
  ...more,
})

/** The oldest compiler that reads our declarations, and those up to the newest. */
export const compilers: readonly Project[] = [
  // Declarations of zod need 5.4.
  compiled('5.0.4', { ...node16, skipLibCheck: true }),
  compiled('5.2.2', { ...node16, skipLibCheck: true }),
  compiled('5.4.5', node16),
  compiled('6.0.3', nodenext, { type: 'module' }),
  compiled('7.0.2', nodenext, { type: 'module' }),
  compiled('7.0.2', bundler, {
    name: 'typescript-7.0-bundler',
    type: 'module',
  }),
]
