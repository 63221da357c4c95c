import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue/catalogue.ts'
import { makeToLookAt } from '../src/commands/providers/describe.ts'
import { checks } from '../src/doctor/checks/index.ts'
import { createCounter, type Effects, readEffects } from '../src/doctor/effects.ts'
import type { Examination } from '../src/doctor/examine.ts'
import { scoreOf } from '../src/doctor/report.ts'
import { signatureOf } from '../src/doctor/signature.ts'
import { createSubject, type MadeEvent } from '../src/doctor/subject.ts'

const url = 'http://127.0.0.1:1/hook'
const { signal } = new AbortController()

describe('effects', () => {
  it.each<[string, Effects | undefined]>([
    ['7', { count: 7 }],
    ['{"count":7}', { count: 7 }],
    ['["a","b"]', { count: 2, entries: ['a', 'b'] }],
    ['[{"id":"a"}]', { count: 1, entries: ['{"id":"a"}'] }],
    ['{"total":9,"ids":["a"]}', { count: 1, entries: ['a'] }],
    ['{"id":"a"}\n{"id":"b"}\n', { count: 2, entries: ['{"id":"a"}', '{"id":"b"}'] }],
    ['', { count: 0, entries: [] }],
    ['{"nothing":"here"}', undefined],
  ])('are read from %j', (text, effects) => {
    expect(readEffects(text)).toEqual(effects)
  })

  const event = { tokens: new Set(['evt-1-of-ours']) } as unknown as MadeEvent
  const counterOf = (entries: readonly string[]) =>
    createCounter({
      channel: async () => ({ count: entries.length, entries }),
      patienceMs: 0,
      sendFence: async () => event,
      signal,
    })
  const line = (attempt: number | undefined) => JSON.stringify({ id: 'evt-1-of-ours', attempt })

  it('of a repeat that says so are one, and of one that does not are two', async () => {
    const since = { count: 0, fences: 0 }
    const runs = (entries: readonly string[]) => counterOf(entries).knownRunsOf(event, since)
    expect(await runs([line(1), line(2)])).toBe(1)
    expect(await runs([line(1), line(1)])).toBe(2)
    expect(await runs([line(undefined), line(undefined)])).toBe(2)
    expect(await runs(['evt-1-of-ours', 'evt-1-of-ours'])).toBe(2)
    expect(await counterOf([line(1), line(2)]).runsOf([event], since)).toBe(2)
  })

  it('of another event are none of this one', async () => {
    expect(await counterOf(['{"id":"evt-2"}']).missing([event], { count: 0, fences: 0 })).toBe(1)
  })
})

describe('the score', () => {
  const examined = (result: 'passed' | 'does-not-apply'): Examination[] =>
    checks.map((check) => ({ check, result, durationMs: 0 }))

  it('is 100 without a finding, and below it with the least one', () => {
    expect(scoreOf(examined('passed'))).toBe(100)
    const [least] = checks.filter(({ severity }) => severity === 'low')
    const one = examined('passed').map(
      (each): Examination =>
        each.check === least ? { check: least, result: 'finding', evidence: [], durationMs: 0 } : each,
    )
    expect(scoreOf(one)).toBeLessThan(100)
  })

  it('counts nothing that was not looked at', () => {
    expect(scoreOf(examined('does-not-apply'))).toBe(0)
    const some = examined('passed').map(
      (each, at): Examination =>
        at > 3 ? { ...each, result: 'not-looked-at', why: { reason: 'effects' } } : each,
    )
    expect(scoreOf(some)).toBe(100)
  })
})

describe('events of the doctor', () => {
  const secrets = Object.entries(catalogue).filter(
    ([, { key, proof }]) => key === 'secret' && proof !== 'RSA',
  )

  it.each(secrets)(
    '%s: each can be told from every other, and from no two senders alike',
    async (_, entry) => {
      const subject = await createSubject(await makeToLookAt(entry), url)
      const [first, second] = [subject.make(), subject.make()]
      expect(first.tokens.size).toBeGreaterThan(0)
      for (const token of first.tokens) expect([...second.tokens].join('\n')).not.toContain(token)
      expect(Buffer.from(first.request.body).equals(second.request.body)).toBe(false)
    },
  )

  it.each(secrets.filter(([, { proof }]) => proof.startsWith('HMAC')))(
    '%s: has its signature found where it stands',
    async (_, entry) => {
      const provider = await makeToLookAt(entry)
      const subject = await createSubject(provider, url)
      // A token in a header signs nothing.
      const found = signatureOf(provider, subject.make().request)
      expect(found?.text.length ?? 64).toBeGreaterThanOrEqual(26)
      if (provider.scheme.sign && provider.scheme.signs.length > 0) expect(found).toBeDefined()
    },
  )
})
