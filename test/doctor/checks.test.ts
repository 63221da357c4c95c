import { beforeAll, describe, expect, it } from 'vitest'
import { checks } from '../../packages/cli/src/doctor/checks/index.ts'
import { flawed } from '../flawed/index.ts'
import { type Examinee, examineBy } from './run-doctor.ts'

const faulty = [
  ...['slow-answer', 'lost-after-crash', 'valid-not-run', 'forged-run', 'forgotten-at-restart'],
  ...['distinct-events-merged', 'cut-short-accepted'],
]
const careless = [
  ...['body-echoed', 'body-held', 'body-unlimited', 'documented-event-refused', 'duplicate-refused'],
  ...['forgotten-at-restart', 'get-accepted', 'inflated-unverified', 'malformed-5xx', 'malformed-signed-5xx'],
  ...['media-type-refused', 'process-died', 'process-died-signed', 'reasons-told', 'secret-answered'],
  ...['signature-answered', 'signature-spellings', 'signature-twice', 'stack-answered', 'stale-accepted'],
  ...['future-accepted', 'text-decoded'],
]
const gullible = ['renamed-type-run', 'resigned-retry-run', 'unsigned-id-trusted']
const open = ['forged-accepted', 'signature-prefix', 'signature-spellings', 'signature-twice']

const redcumbre = { provider: 'redcumbre', patience: '5s' } as const
const receivers = new Map<string, Examinee>([
  ...faulty.map((code): [string, Examinee] => [
    code,
    { ...redcumbre, program: 'doctor/faulty.ts', env: () => ({ FAULT: code }) },
  ]),
  ['careless', { ...redcumbre, program: 'doctor/careless.ts' }],
  ['gullible', { program: 'doctor/gullible.ts', provider: 'github', patience: '5s' }],
  [
    'open',
    { program: 'doctor/gullible.ts', provider: 'github', patience: '5s', env: () => ({ OPEN: 'yes' }) },
  ],
])

const found = new Map<string, Promise<readonly string[]>>()

beforeAll(() => {
  for (const [name, examinee] of receivers) {
    const run = examineBy(examinee).then(({ report }) => report.findings.map(({ code }) => code))
    // Whoever waits for it hears of its failure.
    run.catch(() => {})
    found.set(name, run)
  }
})

describe('each check of the doctor', () => {
  it.each(faulty)('%s is found where it is planted, and nothing else', async (code) => {
    expect(await found.get(code)).toEqual([code])
  })

  it.each(careless)('%s is found in a careless receiver', async (code) => {
    expect(await found.get('careless')).toContain(code)
  })

  it.each(gullible)('%s is found in a receiver that believes unsigned headers', async (code) => {
    expect(await found.get('gullible')).toContain(code)
  })

  it.each(open)('%s is found in a receiver that verifies nothing', async (code) => {
    expect(await found.get('open')).toContain(code)
  })

  it('finds nothing in the careless one that is not planted', async () => {
    expect([...((await found.get('careless')) ?? [])].sort()).toEqual([...careless].sort())
  })

  it('can fail: a receiver of the tests shows each of them', () => {
    const shown = [...Object.values(flawed), ...faulty, ...careless, ...gullible, ...open]
    // With another secret than the receiver's: doctor.test.ts.
    const elsewhere = ['valid-refused']
    expect(checks.map(({ code }) => code).filter((code) => ![...shown, ...elsewhere].includes(code))).toEqual(
      [],
    )
  })
})
