import type { Context } from '../command/context.ts'
import { printable, toColumns } from '../command/print.ts'
import { wrap } from '../help/screen.ts'
import { type Came, type Evidence, severities } from './evidence.ts'
import type { Examination, Examinations, WhyNot } from './examine.ts'
import type { DoctorTexts } from './texts/index.ts'

/** What the doctor found: the answer of `--json`. */
export interface DoctorReport {
  readonly url: string
  readonly provider: string
  /** 0 to 100, of what was looked at, weighed by severity; 100 only without a finding. */
  readonly score: number
  readonly counts: { readonly [Result in Examination['result']]: number }
  readonly findings: readonly ReportedFinding[]
  readonly checks: readonly ReportedCheck[]
  readonly requests: number
  readonly durationMs: number
}

/** A finding, in the user's language. */
interface ReportedFinding {
  readonly code: string
  readonly severity: string
  readonly title: string
  readonly evidence: readonly { readonly probe: string; readonly sent: string; readonly came: Came }[]
  readonly means: string
  readonly remedy: string
}

/** A check, and what came of it. */
interface ReportedCheck {
  readonly code: string
  readonly severity: string
  readonly result: Examination['result']
  /** Why it was not looked at. */
  readonly why?: string
  readonly durationMs: number
}

/** What was examined, and how long it took. */
export interface About {
  readonly url: string
  readonly provider: string
  readonly durationMs: number
}

/** @returns the report, in a language */
export function toReport(
  { results, requests }: Examinations,
  about: About,
  texts: DoctorTexts,
): DoctorReport {
  const count = (result: Examination['result']) => results.filter((each) => each.result === result).length
  return {
    ...about,
    score: scoreOf(results),
    counts: {
      passed: count('passed'),
      finding: count('finding'),
      'not-looked-at': count('not-looked-at'),
      'does-not-apply': count('does-not-apply'),
    },
    findings: results.flatMap((each) => (each.result === 'finding' ? [toFinding(each, texts)] : [])),
    checks: results.map((each) => ({
      code: each.check.code,
      severity: each.check.severity,
      result: each.result,
      durationMs: Math.round(each.durationMs),
      ...(each.result === 'not-looked-at' ? { why: whyOf(each.why, texts) } : undefined),
    })),
    requests,
    durationMs: Math.round(about.durationMs),
  }
}

/** The weight of what passed in that of what was looked at. */
export function scoreOf(results: readonly Examination[]): number {
  const weigh = (those: readonly Examination[]) =>
    those.reduce((sum, { check }) => sum + severities[check.severity], 0)
  const passed = results.filter(({ result }) => result === 'passed')
  const lookedAt = results.filter(({ result }) => result === 'passed' || result === 'finding')
  return lookedAt.length === 0 ? 0 : Math.floor((100 * weigh(passed)) / weigh(lookedAt))
}

function toFinding(
  { check, evidence }: Extract<Examination, { readonly result: 'finding' }>,
  texts: DoctorTexts,
): ReportedFinding {
  const { code, severity } = check
  return {
    code,
    severity,
    ...texts.checks[code],
    evidence: evidence.map(({ probe, came }) => ({
      probe,
      sent: texts.probes[probe],
      came: {
        ...came,
        ...(came.durationMs === undefined ? undefined : { durationMs: Math.round(came.durationMs) }),
      },
    })),
  }
}

function whyOf(why: WhyNot, { reasons }: DoctorTexts): string {
  if (why.reason === 'unless') return reasons.unless(why.code)
  return why.reason === 'failed' ? reasons.failed(why.message) : reasons[why.reason]
}

/** What came, in words. */
function toWords({ status, failure, durationMs, runs, excerpt }: Came, texts: DoctorTexts): string {
  const ms = durationMs === undefined ? undefined : Math.round(durationMs)
  const words = [
    status === undefined ? undefined : texts.cameStatus(status, ms),
    failure === 'timeout' ? texts.cameTimeout(ms) : failure === 'network' ? texts.cameNetwork : undefined,
    runs === undefined ? undefined : texts.cameRuns(runs),
    excerpt === undefined || excerpt === '' ? undefined : `«${printable(excerpt)}»`,
  ]
  return words.filter((word) => word !== undefined).join(', ')
}

/** The report as lines for a terminal: a table of all checks, what was found, and the score. */
export function toLines(
  report: DoctorReport,
  { results }: Examinations,
  { texts, colors }: { readonly texts: DoctorTexts; readonly colors: Context['colors'] },
): string[] {
  const rows = results.map((each) => [
    texts.results[each.result],
    texts.severities[each.check.severity],
    each.check.code,
    each.result === 'not-looked-at' ? whyOf(each.why, texts) : texts.checks[each.check.code].title,
  ])
  const [head = '', ...table] = toColumns([Object.values(texts.columns), ...rows])
  const paint = {
    passed: colors.green,
    finding: colors.red,
    'not-looked-at': colors.yellow,
    'does-not-apply': colors.dim,
  }
  const { counts, score, requests, durationMs } = report
  const notes = [
    counts['not-looked-at'] > 0 ? texts.notLookedAt(counts['not-looked-at']) : '',
    counts['does-not-apply'] > 0 ? texts.doNotApply(counts['does-not-apply']) : '',
    `(${texts.of(requests, (durationMs / 1_000).toFixed(1))})`,
  ]
  return [
    colors.bold(head),
    ...table.map((line, at) => paint[results[at]?.result ?? 'passed'](line)),
    ...results.flatMap((each) =>
      each.result === 'finding' ? ['', ...findingLines(each, texts, colors)] : [],
    ),
    '',
    colors.bold(texts.score(score, counts.passed, counts.passed + counts.finding)),
    notes.filter((note) => note !== '').join(' '),
  ]
}

const columns = 100

function findingLines(
  { check, evidence }: Extract<Examination, { readonly result: 'finding' }>,
  texts: DoctorTexts,
  colors: Context['colors'],
): string[] {
  const { title, means, remedy } = texts.checks[check.code]
  const rows = [
    ...evidence.flatMap((each) => evidenceRows(each, texts)),
    [texts.means, means],
    [texts.remedy, remedy],
  ]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const lines = rows.flatMap(([name = '', text = '']) =>
    wrap(text, columns - width).map((line, at) => `  ${(at === 0 ? name : '').padEnd(width)}  ${line}`),
  )
  return [colors.bold(`${check.code} (${texts.severities[check.severity]}): ${title}`), ...lines]
}

function evidenceRows({ probe, came }: Evidence, texts: DoctorTexts): string[][] {
  return [
    [texts.sent, texts.probes[probe]],
    [texts.came, toWords(came, texts)],
  ]
}
