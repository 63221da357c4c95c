import type { Compiler, Project } from '../project.ts'
import { node10, nodeTypes } from './versions.ts'

/** As `nest new` writes it. */
const compiler: Compiler = {
  ...node10,
  target: 'es2021',
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  skipLibCheck: true,
}
const common = { 'reflect-metadata': '0.2.2', rxjs: '7.8.2', ...nodeTypes }
const nest10 = {
  ...common,
  '@nestjs/common': '10.4.22',
  '@nestjs/core': '10.4.22',
  '@nestjs/platform-express': '10.4.22',
  '@nestjs/cli': '10.4.9',
  '@nestjs/schematics': '10.2.3',
  '@types/express': '4.17.25',
  typescript: '5.7.2',
}
const nest11 = {
  ...common,
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/cli': '11.0.24',
  '@nestjs/schematics': '11.1.0',
  '@types/express': '5.0.6',
  typescript: '5.9.3',
}
const built = {
  acuse: ['nestjs', 'providers'],
  sources: 'nestjs',
  endsBySignal: true,
  compiler,
  build: [['nest', 'build']],
  start: ['node', 'dist/main.js'],
}

/** `@acuse/nestjs`, in projects as Nest's command line makes them. */
export const nest: readonly Project[] = [
  {
    ...built,
    name: 'nest-10',
    what: 'Nest 10 on Express 4, CommonJS, `nest build`',
    es: 'Nest 10 sobre Express 4, CommonJS, `nest build`',
    packages: { ...nest10, express: '4.22.3' },
  },
  {
    ...built,
    name: 'nest-11-express',
    what: 'Nest 11 on Express 5, CommonJS, `nest build`',
    es: 'Nest 11 sobre Express 5, CommonJS, `nest build`',
    short: true,
    packages: { ...nest11, express: '5.3.0' },
  },
  {
    ...built,
    name: 'nest-11-fastify',
    what: 'Nest 11 on Fastify 5, CommonJS, `nest build`',
    es: 'Nest 11 sobre Fastify 5, CommonJS, `nest build`',
    sources: 'nestjs-fastify',
    packages: { ...nest11, '@nestjs/platform-fastify': '11.2.8' },
  },
  {
    name: 'nest-11-jest',
    what: 'Nest 11, jest 30 with ts-jest, as `nest new` sets it up',
    es: 'Nest 11, jest 30 con ts-jest, como lo prepara `nest new`',
    sources: 'nestjs-jest',
    acuse: ['nestjs', 'providers', 'sender'],
    packages: {
      ...nest11,
      '@nestjs/testing': '11.2.6',
      express: '5.3.0',
      jest: '30.5.2',
      'ts-jest': '29.4.15',
      '@types/jest': '30.0.0',
    },
    compiler: { ...compiler, types: ['node', 'jest'] },
    manifest: {
      jest: {
        moduleFileExtensions: ['js', 'json', 'ts'],
        rootDir: 'src',
        testRegex: '.*\\.spec\\.ts$',
        transform: { '^.+\\.(t|j)s$': 'ts-jest' },
        testEnvironment: 'node',
      },
    },
    test: ['jest'],
  },
]
