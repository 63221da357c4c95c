import type { Inbox, Provider } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type AnyEvents,
  countsOf,
  request,
  ruledBench,
  verdictOf,
} from '../../packages/core/test/support/ruled.ts'
import { capturedBody, unsignedReadings } from '../../packages/core/test/support/unsigned-readings.ts'
import { tempFile } from '../../packages/sqlite/test/support/temp-file.ts'

type Changes = Partial<Provider<AnyEvents>>

const invented = 1_000
const atOnce = 50
const opened: Inbox[] = []

function open(path: string): Inbox {
  const inbox = sqliteInbox(path)
  opened.push(inbox)
  return inbox
}

afterEach(async () => {
  for (const inbox of opened.splice(0)) await inbox.close({ timeoutMs: 1_000 })
})

describe('a captured request under a thousand invented headers and parameters, with SQLite', () => {
  it.each(Object.entries(unsignedReadings))(
    'is one event and one run where the provider reads %s',
    async (_, changes) => {
      let runs = 0
      const inbox = open(tempFile())
      const { receiver } = ruledBench(changes, { inbox })
      receiver.on('*', () => runs++)
      const verdicts: string[] = []
      for (let n = 0; n < invented; n += atOnce) {
        const sent = Array.from({ length: atOnce }, (__, at) => {
          const event = `Event-${n + at}`
          return receiver.receive(request(capturedBody, ['X-Event', event], { url: `/?event=${event}` }))
        })
        verdicts.push(...(await Promise.all(sent)).map(verdictOf))
      }
      await receiver.onIdle()
      expect(countsOf(verdicts)['accepted']).toBe(1)
      expect(runs).toBe(1)
      expect((await inbox.stats()).dead).toBeLessThanOrEqual(3)
    },
  )
})

describe('a body that is read again after a restart, with SQLite', () => {
  const form = 'application/x-www-form-urlencoded'
  const bodies: NonNullable<Changes['bodies']> = {
    'application/json': 'json',
    [form]: { jsonIn: 'payload' },
  }
  const eventRules: NonNullable<Changes['eventRules']> = [
    { when: { body: 'type', exists: true }, type: [{ body: 'type' }] },
    { type: [{ text: 'text' }] },
  ]

  it.each<[string, Changes, string, readonly string[], unknown]>([
    ['JSON', {}, '{"type":"t"}', ['Content-Type', 'application/json; charset=utf-8'], { type: 't' }],
    ['JSON in a form', {}, 'payload=%7B%22type%22%3A%22t%22%7D', ['Content-Type', form], { type: 't' }],
    ['text', { bodies: { 'text/plain': 'text' } }, 'hello {', ['Content-Type', 'text/plain'], 'hello {'],
    ['a form of no type', { bodies: { '*': 'form' } }, 'type=t&a=1&a=2', [], { type: 't', a: ['1', '2'] }],
    [
      'one of a batch in a form',
      { items: '' },
      'payload=%5B%7B%22type%22%3A%22t%22%7D%5D',
      ['Content-Type', form],
      { type: 't' },
    ],
    [
      'one of a batch of no type',
      { items: '', bodies: { '*': { parse: () => [{ type: 't' }] } } },
      'x',
      [],
      { type: 't' },
    ],
    [
      'a notice in a form',
      { thin: { id: { body: 'id' } }, bodies: { [form]: 'form' } },
      'type=t&id=7',
      ['Content-Type', form],
      { id: '7' },
    ],
  ])('is what it was: %s', async (_, changes, body, headers, payload) => {
    const path = tempFile()
    const before = ruledBench(
      { bodies, eventRules, ...changes },
      {
        inbox: open(path),
        work: false,
      },
    )
    expect(verdictOf(await before.receiver.receive(request(Buffer.from(body), headers)))).toBe('accepted')
    await before.receiver.close()
    const after = ruledBench({ bodies, eventRules, ...changes }, { inbox: open(path) })
    const seen: unknown[] = []
    after.receiver.on('*', ({ payload: found }) => seen.push(found))
    after.receiver.work()
    await after.receiver.onIdle()
    expect(seen).toEqual([payload])
  })
})
