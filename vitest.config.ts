import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@acuse/source'] },
  ssr: { resolve: { conditions: ['@acuse/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/summary-reporter.ts'],
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: 'test/tsconfig.json' },
    testTimeout: 15_000,
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**', 'packages/providers/src/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
})
