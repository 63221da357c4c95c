// Extends vitest's `expect`, and its types.
import { expect } from 'vitest'
import { matchers, type ReportMatchers } from './index.ts'

expect.extend(matchers)

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: it must be declared as vitest does
  interface Matchers<T = any> extends ReportMatchers<T> {}
}
