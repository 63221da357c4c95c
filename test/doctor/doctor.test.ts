import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flawed } from '../flawed/index.ts'
import { freePort, type Running, root, startProgram } from '../support/processes.ts'
import { acuse, type Examinee, examineBy, placeFor, type Report, toReport } from './run-doctor.ts'

const otherSecret = '0e7a92f35d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1'
const codes: readonly string[] = Object.values(flawed)
const examples = ['express', 'fastify', 'hono'] as const

const byExample = examples.map((name): [string, Examinee] => [
  name,
  {
    program: join(root, `examples/${name}/dist/main.js`),
    provider: 'redcumbre',
    effects: 'HANDLED_LOG',
    env: (folder) => ({ INBOX: `sqlite:${join(folder, 'acuse.db')}`, LEASE_MS: '1000' }),
    patience: '30s',
  },
])
const byHand = [...Object.keys(flawed), 'right'].map((name): [string, Examinee] => [
  name,
  { program: `flawed/${name}.ts`, provider: 'redcumbre', patience: name === 'right' ? '20s' : '6s' },
])
/** Those that take longest first. */
const receivers = new Map([...byExample, ...byHand])

type Examined = Awaited<ReturnType<typeof examineBy>>
const examined = new Map<string, Promise<Examined>>()
const atOnce = 16

// They mostly wait: several at once take hardly longer than one.
beforeAll(() => {
  const waiting = [...receivers]
  const taken = Array.from({ length: atOnce }, () => Promise.resolve())
  for (const [at, [name, examinee]] of waiting.entries()) {
    const run = (taken[at % atOnce] ?? Promise.resolve()).then(() => examineBy(examinee))
    examined.set(name, run)
    taken[at % atOnce] = run.then(
      () => {},
      () => {},
    )
  }
})

async function resultOf(name: string): Promise<Examined> {
  const run = examined.get(name)
  if (run === undefined) throw new TypeError(`nobody examines ${name}`)
  return run
}

function found({ findings }: Report): string[] {
  return findings.map(({ code }) => code)
}

describe('acuse doctor, of a receiver with one fault', () => {
  it.each(Object.entries(flawed))('%s: finds %s, and nothing else', async (name, code) => {
    const { exitCode, report } = await resultOf(name)
    expect(found(report), JSON.stringify(report.findings)).toEqual([code])
    expect(exitCode).toBe(1)
    expect(report.score).toBeLessThan(100)
    const [finding] = report.findings
    expect(finding?.remedy).not.toBe('')
    expect(finding?.evidence[0]?.sent).not.toBe('')
    expect(Object.keys(finding?.evidence[0]?.came ?? {})).not.toEqual([])
  })

  it('is tested with twelve of them, each with a fault of its own', () => {
    expect(new Set(codes).size).toBe(12)
  })
})

describe('acuse doctor, of a right receiver', () => {
  it.each(['right', ...examples])('%s: finds nothing, and gives full marks for every check', async (name) => {
    const { exitCode, report } = await resultOf(name)
    expect(found(report), JSON.stringify(report.findings)).toEqual([])
    expect([exitCode, report.score]).toEqual([0, 100])
    expect(report.counts).toMatchObject({ finding: 0, 'not-looked-at': 0 })
  })
})

describe('acuse doctor, of a receiver that somebody else started', () => {
  let receiver: Running
  let place: Awaited<ReturnType<typeof placeFor>>
  const effects = createServer((_request, response) => {
    const text = existsSync(place.effectFile) ? readFileSync(place.effectFile, 'utf8').trim() : ''
    // A count, which tells no event from another.
    response.end(String(text === '' ? 0 : text.split('\n').length))
  })

  beforeAll(async () => {
    place = await placeFor({ program: 'flawed/right.ts', provider: 'redcumbre', patience: '20s' })
    receiver = startProgram('flawed/right.ts', place.env)
    await receiver.line(/listening/)
    await new Promise<void>((resolve) => effects.listen(0, '127.0.0.1', resolve))
  })

  afterAll(async () => {
    await receiver.stop()
    effects.close()
  })

  it('counts effects at an address, and says what it did not look at', async () => {
    const url = `http://127.0.0.1:${(effects.address() as AddressInfo).port}/count`
    const options = ['--provider', 'redcumbre', '--effect-url', url, '--json', '--lang', 'es']
    const ran = await acuse(['doctor', place.url, ...options], place.env)
    const report = toReport(ran)
    expect([ran.exitCode, found(report)], ran.stdout).toEqual([0, []])
    const unseen = report.checks.filter(({ result }) => result === 'not-looked-at')
    expect(unseen.map(({ code, why }) => `${code}: ${why}`)).toEqual([
      'acknowledged-before-safe: requiere --start',
      'in-flight-acknowledged: requiere --start',
      'lost-after-crash: requiere --start',
      'forgotten-at-restart: requiere --start',
      'run-twice-after-crash: requiere --start',
      'secret-logged: requiere --start',
    ])
  })

  it('looks at no effect without a channel, and passes none of those checks', async () => {
    const ran = await acuse(['doctor', place.url, '--provider', 'redcumbre'], place.env)
    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toMatch(/^not looked at +high +duplicate-run +needs --effect-file or --effect-url$/m)
    expect(ran.stdout).toMatch(/^Score 100 of 100: \d+ of \d+ checks passed\.$/m)
    expect(ran.stdout).not.toMatch(/^passed +\w+ +(?:duplicate-run|order-assumed|acknowledged-before-safe)/m)
  })

  it('says that nothing can be told with another secret than the receiver has', async () => {
    const env = { ...place.env, REDCUMBRE_WEBHOOK_SECRET: otherSecret }
    const ran = await acuse(['doctor', place.url, '--provider', 'redcumbre', '--json'], env)
    const report = toReport(ran)
    expect([ran.exitCode, found(report)]).toEqual([1, ['valid-refused']])
    expect(report.counts).toMatchObject({ passed: 0 })
  })

  it('refuses to start a receiver where one listens', async () => {
    const ran = await acuse(['doctor', place.url, '--provider', 'redcumbre', '--start', 'true'], place.env)
    expect([ran.exitCode, ran.stdout]).toEqual([2, ''])
    expect(ran.stderr).toContain('listens at')
  })
})

describe('acuse doctor, when it is interrupted', () => {
  it('ends at once with 130, and leaves no receiver behind', async () => {
    const place = await placeFor({ program: 'flawed/right.ts', provider: 'redcumbre', patience: '40s' })
    const options = ['--provider', 'redcumbre', '--effect-file', place.effectFile, '--start', place.command]
    const ran = await acuse(['doctor', place.url, ...options], place.env, async (interrupt) => {
      while (!existsSync(place.effectFile)) await sleep(20)
      interrupt()
    })
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([
      130,
      '',
      expect.stringMatching(/^acuse: interrupted/),
    ])
    await expect(fetch(place.url)).rejects.toThrow()
  })
})

describe('acuse doctor, where there is nothing to examine', () => {
  it('ends with 3 where nobody listens, and where what it starts ends', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`
    const env = { REDCUMBRE_WEBHOOK_SECRET: otherSecret }
    const nobody = await acuse(['doctor', url, '--provider', 'redcumbre'], env)
    expect([nobody.exitCode, nobody.stderr]).toEqual([3, expect.stringContaining('Nobody listens at')])
    const ended = await acuse(
      ['doctor', url, '--provider', 'redcumbre', '--start', 'echo broken; exit 1'],
      env,
    )
    expect([ended.exitCode, ended.stderr]).toEqual([3, expect.stringContaining('broken')])
  })

  it.each([
    [['not-an-address', '--provider', 'redcumbre'], '<url>'],
    [['http://127.0.0.1:1/'], '--provider'],
    [['http://127.0.0.1:1/', '--provider', 'redcumbre', '--event', 'bhe.emitid'], 'bhe.emitida'],
    [
      ['http://127.0.0.1:1/', '--provider', 'redcumbre', '--effect-file', 'a', '--effect-url', 'http://b/'],
      '--effect-url',
    ],
  ])('ends with 2 for %j', async (args, named) => {
    const ran = await acuse(['doctor', ...args], { REDCUMBRE_WEBHOOK_SECRET: otherSecret })
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining(named)])
  })
})
