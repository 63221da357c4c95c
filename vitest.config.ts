import { defineConfig } from 'vitest/config'

/** Tests that hold times against bounds, which others beside them would spoil: one file at a time. */
const alone = [
  'packages/bullmq/test/{outage,spill}.test.ts',
  'packages/{core,express}/test/**/*.test.ts',
  'test/{adapters,outages}/**/*.test.ts',
]

export default defineConfig({
  resolve: { conditions: ['@acuse/source'] },
  ssr: { resolve: { conditions: ['@acuse/source'] } },
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    testTimeout: 15_000,
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**', 'packages/providers/src/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...alone, '**/node_modules/**'],
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.json',
          },
          globalSetup: 'test/support/build.ts',
          maxWorkers: 3,
          maxConcurrency: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
