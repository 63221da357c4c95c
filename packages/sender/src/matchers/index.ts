import { formatReport } from '../format-report.ts'
import type { HandshakeReport, SendReport } from '../report.ts'

/** The result of a matcher, as vitest and jest take it. */
export interface MatcherResult {
  /** Whether the report is so. */
  readonly pass: boolean
  /** Why the expectation failed, with the report as a table. */
  readonly message: () => string
}

/** Expectations of reports, for types of a test runner. */
export interface ReportMatchers<Result = void> {
  /** The last attempt, and each copy that was sent beside it, was answered with a 2xx. */
  toBeAcknowledged(): Result
  /**
   * So, and no attempt took longer.
   * @param ms the longest, in milliseconds, such as the 5 000 that senders wait for
   */
  toBeAcknowledgedWithin(ms: number): Result
  /** Every attempt was answered with this status. Default 401. */
  toBeRefusedWith(status?: number): Result
  /** It took so many attempts. */
  toTakeAttempts(count: number): Result
  /** Each handshake was answered as the provider documents it. */
  toBeAnswered(): Result
}

/**
 * Matchers for reports, for any runner with `expect.extend`. `@acuse/sender/matchers/vitest` and
 * `@acuse/sender/matchers/jest` extend theirs, types included, when they are imported.
 * @example
 * import { matchers } from '@acuse/sender/matchers'
 *
 * declare const expect: { extend(matchers: object): void }
 * expect.extend(matchers)
 */
export const matchers: {
  readonly [Name in keyof ReportMatchers]: (
    report: unknown,
    ...expected: Parameters<ReportMatchers[Name]>
  ) => MatcherResult
} = {
  toBeAcknowledged(given) {
    const report = toReport(given)
    return result(isAcknowledged(report), report, 'to be acknowledged with a 2xx')
  },
  toBeAcknowledgedWithin(given, ms) {
    const report = toReport(given)
    const isFast = allOf(report).every(({ attempts }) => attempts.every(({ durationMs }) => durationMs <= ms))
    return result(isAcknowledged(report) && isFast, report, `to be acknowledged with a 2xx within ${ms} ms`)
  },
  toBeRefusedWith(given, status = 401) {
    const report = toReport(given)
    const isRefused = report.attempts.every((attempt) => attempt.status === status)
    return result(isRefused, report, `to be refused with ${status}`)
  },
  toTakeAttempts(given, count) {
    const report = toReport(given)
    return result(report.attempts.length === count, report, `to take ${count} attempts`)
  },
  toBeAnswered(given) {
    const reports = toHandshakes(given)
    const areAnswered = reports.every(({ answered }) => answered)
    return result(areAnswered, reports, 'to be answered as the provider documents it')
  },
}

function allOf(report: SendReport): readonly SendReport[] {
  return [report, ...report.others]
}

function isAcknowledged(report: SendReport): boolean {
  return allOf(report).every(({ delivered }) => delivered)
}

/** @throws TypeError when it is none: a forgotten `await` is a promise */
function toReport(given: unknown): SendReport {
  if (typeof given === 'object' && given !== null && 'attempts' in given && 'others' in given)
    return given as SendReport
  throw new TypeError('expect takes the report of a send, such as await sender.send(event)')
}

function toHandshakes(given: unknown): readonly HandshakeReport[] {
  if (
    Array.isArray(given) &&
    given.length > 0 &&
    given.every((each) => Object.hasOwn(Object(each), 'answered'))
  )
    return given
  throw new TypeError('expect takes the reports of handshakes: await sender.handshake()')
}

function result(
  pass: boolean,
  report: SendReport | readonly HandshakeReport[],
  expected: string,
): MatcherResult {
  return {
    pass,
    message: () => `expected the delivery ${pass ? 'not ' : ''}${expected}:\n\n${formatReport(report)}`,
  }
}
