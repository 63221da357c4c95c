import type { Project } from '../project.ts'
import { node10, nodenext, nodeTypes, typescript } from './versions.ts'

const ts = { ...typescript, ...nodeTypes }
const acuse = ['core', 'providers', 'sender']

/** Test runners: one test starts a receiver and sends to it. */
export const runners: readonly Project[] = [
  {
    name: 'jest-ts-jest',
    what: 'jest 30 with ts-jest, CommonJS',
    es: 'jest 30 con ts-jest, CommonJS',
    short: true,
    sources: 'unit-ts',
    acuse,
    packages: { ...ts, jest: '30.5.2', 'ts-jest': '29.4.15' },
    compiler: node10,
    files: { 'jest.config.js': `module.exports = { preset: 'ts-jest', testEnvironment: 'node' }\n` },
    test: ['jest'],
  },
  {
    name: 'jest-babel',
    what: 'jest 30 with babel',
    es: 'jest 30 con babel',
    sources: 'unit-js',
    acuse,
    packages: {
      jest: '30.5.2',
      'babel-jest': '30.5.2',
      '@babel/core': '7.29.13',
      '@babel/preset-env': '7.29.14',
    },
    files: {
      'babel.config.js': `module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }\n`,
    },
    test: ['jest'],
  },
  {
    name: 'jest-29-ts-jest',
    what: 'jest 29 with ts-jest, CommonJS',
    es: 'jest 29 con ts-jest, CommonJS',
    sources: 'unit-ts',
    acuse,
    packages: { ...ts, jest: '29.7.0', 'ts-jest': '29.4.15' },
    compiler: node10,
    files: { 'jest.config.js': `module.exports = { preset: 'ts-jest', testEnvironment: 'node' }\n` },
    test: ['jest'],
  },
  {
    name: 'vitest-3',
    what: 'vitest 3',
    sources: 'unit-ts',
    type: 'module',
    acuse,
    packages: { ...ts, vitest: '3.2.7' },
    test: ['vitest', 'run', '--globals'],
  },
  {
    name: 'vitest-4',
    what: 'vitest 4',
    sources: 'unit-ts',
    type: 'module',
    acuse,
    packages: { ...ts, vitest: '4.1.12' },
    test: ['vitest', 'run', '--globals'],
  },
  {
    name: 'mocha-ts-node',
    what: 'mocha 11 with ts-node, CommonJS',
    es: 'mocha 11 con ts-node, CommonJS',
    sources: 'unit-ts',
    acuse,
    packages: { ...ts, mocha: '11.8.0', 'ts-node': '10.9.2' },
    compiler: node10,
    test: ['mocha', '--require', 'ts-node/register', 'receiver.test.ts'],
  },
  {
    name: 'node-test-tsx',
    what: 'node:test with tsx',
    es: 'node:test con tsx',
    sources: 'unit-node',
    type: 'module',
    acuse,
    packages: { ...ts, tsx: '4.23.15' },
    compiler: nodenext,
    build: [['tsc', '-p', '.', '--noEmit']],
    test: ['node', '--import', 'tsx', '--test', 'receiver.test.ts'],
  },
]
