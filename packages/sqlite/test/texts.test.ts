import { describe, expect, it, onTestFinished } from 'vitest'
import { sqliteInbox } from '../src/index.ts'
import { accepting, consume, done } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

const texts = {
  'a NUL': 'thing\0made',
  'a NUL at its end': 'thing\0',
  'nothing but a NUL': '\0',
  'half of a surrogate pair': 'thing\uD83D made',
  'halves in the wrong order': '\uDE00\uD83D',
  'a whole pair': 'thing 😀',
  'the noncharacter that marks an escape': '\uFDD00000 and \uFDD0',
}

describe('a text', () => {
  it.each(Object.entries(texts))('with %s comes back as it was given', async (_, text) => {
    const inbox = sqliteInbox(tempFile(), { pollMs: 20 })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const given = delivery('d', {
      id: `id ${text}`,
      type: text,
      orderingKey: text,
      keyId: text,
      bodyHash: text,
      headers: { 'x-text': text },
    })
    expect(await inbox.accept(given, accepting)).toBe('accepted')
    expect(await inbox.accept(given, accepting)).toBe('duplicate')
    const { consumer, observations } = consume(inbox, async (handed) => {
      expect({ ...handed, body: Buffer.from(handed.body) }).toEqual(given)
      return { status: 'dead', reason: 'unrecoverable', error: new Error(text) }
    })
    await consumer.onIdle()
    expect(observations).toMatchObject([{ type: 'dead', id: given.id, event: text, error: new Error(text) }])
    const { letters } = await inbox.deadLetters.list({ type: text })
    expect(letters).toMatchObject([{ id: given.id, type: text }])
    expect((await inbox.deadLetters.get(given.id))?.failures[0]?.message).toBe(`Error: ${text}`)
  })

  it('is never taken for another one that differs behind a NUL', async () => {
    const inbox = sqliteInbox(tempFile())
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    for (const id of ['a', 'a\0', 'a\0b', 'a\0c', 'a\uFDD00000', 'a\uFFFD', 'a\uD800']) {
      expect(await inbox.accept(delivery('d', { id }), accepting), JSON.stringify(id)).toBe('accepted')
    }
    const seen = new Set<string>()
    const { consumer } = consume(inbox, async ({ id }) => {
      seen.add(id)
      return done
    })
    await consumer.onIdle()
    expect(seen.size).toBe(7)
  })
})
