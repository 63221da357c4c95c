import type { Compiler } from '../project.ts'

/** Outside packages at one version each, unless a project is about another. */
export const express5 = { express: '5.3.0', '@types/express': '5.0.6' } as const
export const express4 = { express: '4.22.3', '@types/express': '4.17.25' } as const
export const nodeTypes = { '@types/node': '20.19.43' } as const
export const typescript = { typescript: '5.9.3' } as const

/** What TypeScript emitted CommonJS for before `node16`, and Nest's template still does. */
export const node10: Compiler = { module: 'commonjs', moduleResolution: 'node10' }
export const node16: Compiler = { module: 'node16', moduleResolution: 'node16' }
export const nodenext: Compiler = { module: 'nodenext', moduleResolution: 'nodenext' }
export const bundler: Compiler = { module: 'esnext', moduleResolution: 'bundler' }

export const tsc: readonly string[] = ['tsc', '-p', '.']
export const check: readonly string[] = ['tsc', '-p', '.', '--noEmit']
