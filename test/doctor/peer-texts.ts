import { doctorTexts } from '../../packages/cli/src/doctor/texts/index.ts'
import { type Language, table } from './page.ts'
import type { Finding, Report } from './run-doctor.ts'

/** A receiver that is written with the library of others. */
export interface Peer {
  readonly title: Readonly<Record<Language, string>>
  readonly package: string
  readonly version: string
}

const words = {
  en: {
    columns: ['finding', 'severity', 'sent, and what came'],
    made: (day: string, node: string) =>
      `Made by \`pnpm --filter acuse-test doctor:peers\` on ${day}, Node ${node}; what was found each time.`,
    score: (score: number, passed: number, of: number) => `score ${score}, ${passed} of ${of} checks passed`,
    examined: (times: number, requests: number) => `N = ${times} examinations, ${requests} requests.`,
    timeout: 'no answer in 40 s',
    broken: 'the connection broke off',
    runs: (runs: unknown) => `it ran ${runs} times`,
  },
  es: {
    columns: ['hallazgo', 'gravedad', 'qué se envió, y qué llegó'],
    made: (day: string, node: string) =>
      `Hecho con \`pnpm --filter acuse-test doctor:peers\` el ${day}, Node ${node}; lo que se encontró cada vez.`,
    score: (score: number, passed: number, of: number) =>
      `puntaje ${score}, pasa ${passed} de ${of} exámenes`,
    examined: (times: number, requests: number) => `N = ${times} sesiones, ${requests} solicitudes.`,
    timeout: 'ninguna respuesta en 40 s',
    broken: 'la conexión se cortó',
    runs: (runs: unknown) => `se ejecutó ${runs} veces`,
  },
} as const

/** When and how it was examined. */
export function sayMade(language: Language): string {
  return words[language].made(new Date().toISOString().slice(0, 10), process.version.slice(1))
}

/** What came of it, for the page. */
export function sayPeer(language: Language, peer: Peer, reports: readonly Report[]): string {
  const { columns, score, examined } = words[language]
  const [first] = reports
  const rows = foundEachTime(reports).map(
    (finding) =>
      `| \`${finding.code}\` | ${doctorTexts[language].severities[finding.severity]} | ${cameOf(language, finding)} |`,
  )
  const requests = reports.reduce((sum, report) => sum + report.requests, 0)
  const { passed = 0, finding = 0 } = first?.counts ?? {}
  const said = `${score(first?.score ?? 0, passed, passed + finding)}; ${examined(reports.length, requests)}`
  return `**${peer.title[language]}** (\`${peer.package}\` ${peer.version}): ${said}\n\n${table(columns, rows)}`
}

function foundEachTime(reports: readonly Report[]): readonly Finding[] {
  const [first] = reports
  return (first?.findings ?? []).filter(({ code }) =>
    reports.every(({ findings }) => findings.some((each) => each.code === code)),
  )
}

function cameOf(language: Language, { evidence }: Finding): string {
  return evidence
    .slice(0, 2)
    .map(({ probe, came }) => `${doctorTexts[language].probes[probe]}: ${wordsOf(language, came)}`)
    .join('; ')
}

function wordsOf(language: Language, { status, failure, runs }: Readonly<Record<string, unknown>>): string {
  const { timeout, broken, runs: ran } = words[language]
  const said = [status, failure === 'timeout' ? timeout : failure && broken]
  if (runs !== undefined) said.push(ran(runs))
  return said.filter((word) => word !== undefined).join(', ')
}
