import { defineConfig } from 'vitest/config'
import { LongFirst } from './test/support/long-first.ts'

/** What needs neither a build nor a server: it runs first, and shows its failures within a minute. */
const units = [
  'packages/{core,providers,express,fastify,hono,nestjs,sender,cli,otel,prometheus,dashboard}/test/**/*.test.ts',
]
/** What starts the command, test runners, whole programs or a browser, hundreds of times: `pnpm test:command` runs it. */
const command = [
  ...['cli', 'dashboard', 'doctor', 'health', 'mistakes', 'monitoring', 'nest', 'secrets'].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  'test/pages.test.ts',
  'test/testing-page.test.ts',
]
/** What looks at the source and at the packed packages, and takes long: `pnpm check` runs it. */
const checks = ['test/checks/**/*.test.ts', 'test/types/documented.test.ts']

export default defineConfig({
  resolve: { conditions: ['@acuse/source'] },
  ssr: { resolve: { conditions: ['@acuse/source'] } },
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    // Tests wait for events; a machine may be busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // A test leaves nothing behind for the next, whose process it may share.
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    sequence: { sequencer: LongFirst },
    // One process for many files: most of the time of a test was its imports.
    isolate: false,
    maxWorkers: 5,
    maxConcurrency: 3,
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**', 'packages/providers/src/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
    projects: [
      {
        extends: true,
        test: { name: 'units', include: units, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [
            ...units,
            ...command,
            ...checks,
            'test/install/projects/**',
            '**/node_modules/**',
            '**/.tmp/**',
          ],
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/types/tsconfig.json',
          },
          globalSetup: ['test/support/services.ts', 'test/support/build.ts'],
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'command',
          include: command,
          globalSetup: ['test/support/services.ts', 'test/support/programs.ts', 'test/support/build.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'checks', include: checks, globalSetup: ['test/support/build.ts'] },
      },
    ],
  },
})
