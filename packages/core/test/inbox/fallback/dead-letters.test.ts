import { describe, expect, it } from 'vitest'
import { FallbackDeadLetters } from '../../../src/inbox/fallback/dead-letters.ts'
import { type DeadLetterQuery, fallbackInbox, memoryInbox } from '../../../src/index.ts'
import { consume, delivery, succeed } from '../../../src/testing/inbox-subject.ts'
import { manualClock } from '../../support/clock.ts'

async function create(places: string) {
  const clock = manualClock()
  const primary = memoryInbox({ clock })
  const fallback = memoryInbox({ clock })
  const inbox = fallbackInbox(primary, fallback, { clock })
  const ids: string[] = []
  for (const place of places) {
    const one = delivery({ type: place === 'p' ? 'thing.primary' : 'thing.fallback' })
    await (place === 'p' ? primary : fallback).deadLetter(one, 'stale')
    ids.push(`${one.id}.${one.bodyHash}`)
    await clock.advance(10)
  }
  return { clock, primary, fallback, inbox, ids, letters: inbox.deadLetters }
}

describe('the dead letters of an inbox with a fallback', () => {
  it.each(['', 'p', 's', 'psps', 'ppps', 'sssp', 'sspppspss'])(
    'are those of both, oldest first, by pages of any length: %s',
    async (places) => {
      const { letters, ids } = await create(places)
      for (const limit of [1, 2, 3, 100]) {
        const found: string[] = []
        let after: string | undefined
        do {
          const page = await letters.list({ limit, ...(after !== undefined && { after }) })
          expect(page.letters.length).toBeLessThanOrEqual(limit)
          found.push(...page.letters.map(({ id }) => id))
          after = page.next
        } while (after !== undefined)
        expect(found).toEqual(ids)
      }
    },
  )

  it('are found by filter and by id, wherever they are', async () => {
    const { letters, ids } = await create('ps')
    const { letters: found } = await letters.list({ type: 'thing.fallback' })
    expect(found.map(({ id }) => id)).toEqual([ids[1]])
    for (const id of ids) expect(await letters.get(id)).toMatchObject({ id, reason: 'stale' })
    expect(await letters.get('nobody')).toBeUndefined()
  })

  it('are counted on from one inbox to the other while they are discarded or redriven', async () => {
    for (const change of ['discard', 'redrive'] as const) {
      const { letters } = await create('psps')
      const counts: number[] = []
      expect(await letters[change]({ all: true }, { onProgress: (count) => counts.push(count) })).toBe(4)
      expect(counts.at(-1)).toBe(4)
      expect(counts).toEqual([...counts].sort((one, other) => one - other))
    }
  })

  it('are changed with a function of the count and a signal, or a TypeError says what they are', async () => {
    const { letters, ids } = await create('p')
    for (const change of ['discard', 'redrive'] as const) {
      await expect(letters[change]({ all: true }, { onProgress: 'x' as never })).rejects.toThrow(
        'onProgress must be a function of the count, not string',
      )
      await expect(letters[change]({ all: true }, { signal: {} as never })).rejects.toThrow(
        'signal must be an AbortSignal, not object',
      )
    }
    expect((await letters.list()).letters.map(({ id }) => id)).toEqual(ids)
  })

  it('end where the rest was discarded while they were listed', async () => {
    const { primary, fallback, ids } = await create('psp')
    const emptied = Object.assign(Object.create(primary.deadLetters), {
      list: async (query: DeadLetterQuery) => {
        const page = await primary.deadLetters.list(query)
        await primary.deadLetters.discard({ all: true })
        return page
      },
    })
    const letters = new FallbackDeadLetters(emptied, fallback.deadLetters, async () => {})
    const first = await letters.list({ limit: 2 })
    expect(first.letters.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(first.next).toBeUndefined()
  })

  it('are redriven, those of the fallback by way of the primary', async () => {
    const { letters, inbox, fallback, clock } = await create('psp')
    const { consumer, handled } = consumeAll(inbox)
    await fallback.deadLetter(delivery({ type: 'thing.else' }), 'stale')
    expect(await letters.redrive({ type: 'thing.fallback' })).toBe(1)
    await clock.advance(1_000)
    expect(handled).toEqual(['thing.fallback'])
    expect((await fallback.stats()).waiting).toBe(0)
    expect(await letters.redrive({ all: true })).toBe(3)
    await clock.advance(1_000)
    expect(handled).toHaveLength(4)
    await consumer.close({ timeoutMs: 0 })
  })

  it('are discarded, one or all', async () => {
    const { letters, inbox, ids } = await create('psps')
    expect(await letters.discard(String(ids[1]))).toBe(1)
    expect(await letters.discard({ type: 'thing.primary' })).toBe(2)
    expect(await letters.discard({ all: true })).toBe(1)
    expect((await inbox.stats()).dead).toBe(0)
  })

  it('are not touched by a filter that says nothing, and a cursor of nobody is refused', async () => {
    const { letters, inbox } = await create('ps')
    await expect(letters.redrive({})).rejects.toThrow(TypeError)
    await expect(letters.discard({ raeson: 'stale' } as never)).rejects.toThrow(TypeError)
    expect((await inbox.stats()).dead).toBe(2)
    const cursors = [
      'x',
      '',
      ...['{}', '[1,2]', '["a"]', '[null,7]'].map((text) => Buffer.from(text).toString('base64url')),
    ]
    for (const after of cursors) await expect(letters.list({ after })).rejects.toThrow(TypeError)
  })

  it('say how many were redriven even where the forwarding cannot be begun', async () => {
    const { primary, fallback } = await create('ps')
    const begin = () => Promise.reject(new Error('away'))
    const letters = new FallbackDeadLetters(primary.deadLetters, fallback.deadLetters, begin)
    expect(await letters.redrive({ all: true })).toBe(2)
  })
})

function consumeAll(inbox: Parameters<typeof consume>[0]) {
  const handled: string[] = []
  const { consumer } = consume(inbox, async (one, lease) => {
    handled.push(one.type)
    return succeed(one, lease)
  })
  return { consumer, handled }
}
