// Examines receivers that are written with the libraries of others, and writes what was found into docs/doctor.md:
// `pnpm --filter acuse-test doctor:peers`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { samples } from '../../packages/providers/src/stripe/samples.ts'
import { root } from '../support/processes.ts'
import { writePage } from './page.ts'
import { type Examinee, examineBy, type Finding, type Report } from './run-doctor.ts'

const times = 3

/** A thin event needs another call than the one of the example, at an endpoint of its own. */
const snapshots = Object.keys(samples).filter((name) => !/^v\d/.test(name))

interface Peer extends Examinee {
  readonly title: string
  readonly package: string
}

// In production: what Express shows to developers is no fault.
const env = (): Record<string, string> => ({ NODE_ENV: 'production' })

const peers: readonly Peer[] = [
  {
    title: "octokit's middleware, as in its README",
    package: '@octokit/webhooks',
    program: 'doctor/peers/octokit.ts',
    provider: 'github',
    patience: '40s',
    env,
  },
  {
    title: "Stripe's Express sample",
    package: 'stripe',
    program: 'doctor/peers/stripe.ts',
    provider: 'stripe',
    patience: '40s',
    env,
    args: snapshots.flatMap((name) => ['--event', name]),
  },
]

function versionOf(name: string): string {
  const { version } = JSON.parse(
    readFileSync(join(root, 'test/node_modules', name, 'package.json'), 'utf8'),
  ) as { readonly version: string }
  return version
}

/** What was found each time. */
function foundEachTime(reports: readonly Report[]): readonly Finding[] {
  const [first] = reports
  return (first?.findings ?? []).filter(({ code }) =>
    reports.every(({ findings }) => findings.some((each) => each.code === code)),
  )
}

function cameOf({ evidence }: Finding): string {
  return evidence
    .slice(0, 2)
    .map(({ sent, came }) => `${sent}: ${wordsOf(came)}`)
    .join('; ')
}

function wordsOf({ status, failure, runs }: Readonly<Record<string, unknown>>): string {
  const words = [status, failure === 'timeout' ? 'no answer in 40 s' : failure && 'the connection broke off']
  if (runs !== undefined) words.push(`it ran ${runs} times`)
  return words.filter((word) => word !== undefined).join(', ')
}

function sectionOf(peer: Peer, reports: readonly Report[]): string {
  const [first] = reports
  const rows = foundEachTime(reports).map(
    (finding) => `| \`${finding.code}\` | ${finding.severity} | ${cameOf(finding)} |`,
  )
  const requests = reports.reduce((sum, report) => sum + report.requests, 0)
  const { passed = 0, finding = 0 } = first?.counts ?? {}
  return [
    `**${peer.title}** (\`${peer.package}\` ${versionOf(peer.package)}): score ${first?.score}, ${passed} of ${passed + finding} checks passed; N = ${times} examinations, ${requests} requests.`,
    '',
    '| finding | severity | sent, and what came |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n')
}

const sections: string[] = []
for (const peer of peers) {
  const reports: Report[] = []
  for (let time = 0; time < times; time++) reports.push((await examineBy(peer)).report)
  sections.push(sectionOf(peer, reports))
}
const when = `Made by \`pnpm --filter acuse-test doctor:peers\` on ${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}; what was found each time.`
writePage({ peers: [when, ...sections].join('\n\n') })
