import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (file: string) => fileURLToPath(new URL(`packages/${file}`, import.meta.url))

/** The tests that a mutant of core must not pass: those that need neither a server nor a build. */
export default defineConfig({
  // What is mutated stands in a copy of the workspace, whose links lead out of it.
  resolve: {
    alias: [
      { find: /^@acuse\/core$/, replacement: source('core/src/index.ts') },
      { find: /^@acuse\/core\/testing$/, replacement: source('core/src/testing/index.ts') },
      { find: /^@acuse\/core\/(adapter|inbox-kit|provider-kit)$/, replacement: source('core/src/$1.ts') },
      { find: /^@acuse\/sqlite$/, replacement: source('sqlite/src/index.ts') },
    ],
  },
  test: {
    include: [
      'packages/core/test/**/*.test.ts',
      'test/contracts/inbox-{memory,sqlite}.test.ts',
      'test/threats/{keys,signatures,time-and-idempotency-key}.test.ts',
    ],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    isolate: false,
    testTimeout: 60_000,
  },
})
