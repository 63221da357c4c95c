import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { levelOf } from '../../src/log/words.ts'
import type { Observation, RejectedObservation } from '../../src/model/observation.ts'
import { type RejectionCode, rejectionAnswers } from '../../src/model/rejection.ts'

function read(page: string): string {
  return readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8')
}

const page = read('codes.md')

/** The rows of the table under a heading, by their first cell; the first two rows are its head. */
function tableUnder(heading: string): ReadonlyMap<string, readonly string[]> {
  const [, section = ''] = page.split(`## ${heading}\n`)
  const [table = ''] = section.split('\n## ')
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .slice(2)
  return new Map(rows.map(([name = '', ...rest]) => [bare(name), rest]))
}

function bare(cell: string): string {
  return cell.replaceAll('`', '')
}

const delivery = { provider: true, endpoint: true, id: true, event: true, requestId: true } as const
const acknowledged = { ...delivery, keyId: true, durationMs: true, signedAgoMs: true } as const
const attempt = { ...delivery, attempt: true, durationMs: true, lagMs: true } as const

/** The fields of each type; the mapped type makes a forgotten one an error. */
const fields: {
  readonly [Type in Observation['type']]: Readonly<
    Record<Exclude<keyof Extract<Observation, { readonly type: Type }>, 'type'>, true>
  >
} = {
  accepted: acknowledged,
  duplicate: acknowledged,
  handshake: { provider: true, method: true, told: true },
  rejected: {
    provider: true,
    endpoint: true,
    requestId: true,
    durationMs: true,
    keyId: true,
    retriesLeftMs: true,
    code: true,
    status: true,
    authentic: true,
    id: true,
    event: true,
    header: true,
    seconds: true,
    error: true,
  },
  handled: { ...attempt, handlers: true },
  retried: { ...attempt, handler: true, delayMs: true, error: true },
  failed: { ...attempt, handler: true, error: true },
  dead: { ...attempt, handler: true, reason: true, error: true },
  dropped: delivery,
  unhandled: { provider: true, endpoint: true, event: true, waiting: true },
  'high-water-mark': { provider: true, resource: true, used: true },
  fallback: { provider: true, endpoint: true, inUse: true },
  misrouted: { provider: true, endpoint: true, path: true, expected: true, status: true, header: true },
  'reconcile-failed': { provider: true, endpoint: true, error: true },
}

describe('docs/codes.md', () => {
  it('has one row for each rejection code, with the status and the answer of the code', () => {
    const rows = [...tableUnder('Rejection codes')].map(([code, [status, error = '']]) => [
      code,
      { status: Number(status), error: bare(error) },
    ])
    expect(Object.fromEntries(rows)).toEqual(rejectionAnswers)
    expect(rows).toHaveLength(Object.keys(rejectionAnswers).length)
  })

  it('sends the reader of each code to an entry of the troubleshooting page', () => {
    const entries = [...read('troubleshooting.md').matchAll(/^### (\S+)$/gm)].map(([, name]) => name)
    for (const [code, cells] of tableUnder('Rejection codes')) {
      expect(cells.at(-1)).toMatch(new RegExp(`\\]\\(troubleshooting\\.md#${code}\\)$`))
      expect(entries).toContain(code)
    }
  })

  it('has one row for each type of observation, with all of its fields', () => {
    const rows = [...tableUnder('Observations')].map(([type, [names = '']]) => [
      type,
      bare(names).split(', ').sort(),
    ])
    const expected = Object.entries(fields).map(([type, names]) => [type, Object.keys(names).sort()])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected))
  })

  it('states the log level of each type of observation', () => {
    for (const [type, cells] of tableUnder('Observations')) {
      if (type === 'rejected') continue
      expect([type, bare(cells.at(-1) ?? '')]).toEqual([type, levelOf({ type } as Observation)])
    }
  })

  it('states the log level of each rejection code', () => {
    const [, infos, warnings] = page.match(/`rejected`: `info` for (.*?);\s`warn` for (.*?);/s) ?? []
    const named = (list = '') => [...list.matchAll(/`([\w-]+)`/g)].map(([, code]) => code)
    const codesAt = (level: string) =>
      Object.keys(rejectionAnswers).filter((code) => levelOf(refusal(code as RejectionCode)) === level)
    expect(named(infos).sort()).toEqual(codesAt('info').sort())
    expect(named(warnings).sort()).toEqual(codesAt('warn').sort())
  })
})

function refusal(code: RejectionCode): RejectedObservation {
  const { status } = rejectionAnswers[code]
  return { type: 'rejected', provider: 'acme', endpoint: 'acme', code, status, authentic: true }
}
