// Extends jest's `expect`, and its types.
import { expect } from '@jest/globals'
import { matchers, type ReportMatchers } from './index.ts'

expect.extend(matchers)

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> extends ReportMatchers<R> {}
}
