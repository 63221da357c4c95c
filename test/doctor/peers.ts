// Examines receivers that are written with the libraries of others, and writes what was found into docs/doctor.md and its
// page in Spanish:
// `pnpm --filter acuse-test doctor:peers`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { samples } from '../../packages/providers/src/stripe/samples.ts'
import { root } from '../support/processes.ts'
import { languages, writePage } from './page.ts'
import { type Peer, sayMade, sayPeer } from './peer-texts.ts'
import { type Examinee, examineBy, type Report } from './run-doctor.ts'

const times = 3

/** A thin event needs another call than the one of the example, at an endpoint of its own. */
const snapshots = Object.keys(samples).filter((name) => !/^v\d/.test(name))

// In production: what Express shows to developers is no fault.
const env = (): Record<string, string> => ({ NODE_ENV: 'production' })

const peers: readonly (Examinee & Omit<Peer, 'version'>)[] = [
  {
    title: {
      en: "octokit's middleware, as in its README",
      es: 'El middleware de octokit, como en su README',
    },
    package: '@octokit/webhooks',
    program: 'doctor/peers/octokit.ts',
    provider: 'github',
    patience: '40s',
    env,
  },
  {
    title: { en: "Stripe's Express sample", es: 'El ejemplo de Stripe para Express' },
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

const examined: (readonly [Peer, readonly Report[]])[] = []
for (const peer of peers) {
  const reports: Report[] = []
  for (let time = 0; time < times; time++) reports.push((await examineBy(peer)).report)
  examined.push([{ ...peer, version: versionOf(peer.package) }, reports])
}
for (const language of languages) {
  const sections = examined.map(([peer, reports]) => sayPeer(language, peer, reports))
  writePage(language, { peers: [sayMade(language), ...sections].join('\n\n') })
}
