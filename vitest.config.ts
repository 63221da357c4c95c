import { defineConfig } from 'vitest/config'

/** Tests that wait for processes of their own, and measure no time that the others could spoil: several files at once. */
const together = [
  'packages/bullmq/test/{accept,consume,dead-letters}.test.ts',
  'packages/sqlite/test/{inbox,processes}.test.ts',
  'test/{consumer,foreign-sender,readme}.test.ts',
  'test/{contracts,durability,processes}/**/*.test.ts',
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
          name: 'alone',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...together, '**/node_modules/**'],
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.json',
          },
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: together,
          globalSetup: 'test/support/build.ts',
          maxWorkers: 3,
          maxConcurrency: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
