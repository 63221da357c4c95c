import assert from 'node:assert/strict'
import type { Inbox } from '../inbox/inbox.ts'
import type {
  DeadLetterFilter,
  DeadLetterSummary,
  DiscardOptions,
  RedriveOptions,
} from '../model/dead-letter.ts'
import {
  accept,
  acceptAll,
  consume,
  deadLetterAll,
  delivery,
  done,
  failed,
  type InboxChecks,
  listDead,
  otherBodyOf,
  pause,
  present,
  succeed,
} from './inbox-subject.ts'

const three = () => [delivery(), delivery({ type: 'thing.broken' }), delivery()]

export const deadLetterChecks: InboxChecks = {
  'lists dead letters, oldest first, by page': async ({ inbox }) => {
    const sent = Array.from({ length: 7 }, () => delivery())
    for (const one of sent) await inbox.deadLetter(one, 'stale')
    const found: DeadLetterSummary[] = []
    const sizes: number[] = []
    let after: string | undefined
    do {
      const page = await inbox.deadLetters.list({ limit: 3, ...(after !== undefined && { after }) })
      sizes.push(page.letters.length)
      found.push(...page.letters)
      after = page.next
    } while (after !== undefined)
    assert.deepEqual(sizes, [3, 3, 1])
    assert.deepEqual(
      found.map(({ id }) => id),
      sent.map(({ id, bodyHash }) => `${id}.${bodyHash}`),
    )
    assert.equal((await inbox.deadLetters.list({ limit: 7 })).next, undefined)
    for (const limit of [0, 1_001, 1.5]) await assert.rejects(inbox.deadLetters.list({ limit }), TypeError)
  },
  'lists each of many that died at the same time, on one page only': async ({ inbox }) => {
    const sent = Array.from({ length: 120 }, () => delivery())
    await Promise.all(sent.map((one) => inbox.deadLetter(one, 'stale')))
    const found: string[] = []
    let after: string | undefined
    do {
      const page = await inbox.deadLetters.list({ limit: 7, ...(after !== undefined && { after }) })
      found.push(...page.letters.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    assert.deepEqual(found.sort(), sent.map(({ id, bodyHash }) => `${id}.${bodyHash}`).sort())
  },
  'lists those that match: provider, type, reason and when they died': async ({ inbox }) => {
    const [dead, broken] = [delivery(), delivery({ type: 'thing.broken' })]
    await deadLetterAll(inbox, [dead, broken])
    await pause(20)
    const between = new Date()
    await pause(20)
    const foreign = delivery({ provider: 'other' })
    await inbox.deadLetter(foreign, 'stale')
    const stale = `${foreign.id}.${foreign.bodyHash}`
    const cases: readonly (readonly [DeadLetterFilter, readonly string[]])[] = [
      [{}, [dead.id, broken.id, stale]],
      [{ provider: 'other' }, [stale]],
      [{ type: 'thing.broken' }, [broken.id]],
      [{ reason: 'unrecoverable' }, [dead.id, broken.id]],
      [{ reason: 'stale', type: 'thing.broken' }, []],
      [{ diedFrom: between }, [stale]],
      [{ diedBefore: between }, [dead.id, broken.id]],
      [{ diedFrom: between, diedBefore: between }, []],
    ]
    for (const [filter, expected] of cases) {
      const { letters } = await inbox.deadLetters.list(filter)
      assert.deepEqual(letters.map(({ id }) => id).sort(), [...expected].sort(), JSON.stringify(filter))
    }
  },
  'gives a dead letter with its bytes and headers': async ({ inbox }) => {
    const body = Uint8Array.of(0, 255, 254, 0)
    const one = delivery({ body, headers: { 'x-id': '7' }, occurredAt: undefined, orderingKey: 'k' })
    await deadLetterAll(inbox, [one])
    const { delivery: kept, diedAt, failures, ...letter } = present(await inbox.deadLetters.get(one.id))
    const { id, endpoint, provider, type } = one
    const { message, ...summary } = letter
    assert.deepEqual(summary, { id, endpoint, provider, type, reason: 'unrecoverable', attempt: 1 })
    assert.match(message, /It cannot be handled/)
    assert.equal((await listDead(inbox))[0]?.message, message)
    assert.ok(Math.abs(Date.now() - diedAt.getTime()) < 60_000)
    assert.equal(failures.length, 1)
    assert.deepEqual({ ...kept, body: [...kept.body] }, { ...one, body: [...body] })
    assert.equal(await inbox.deadLetters.get('unknown'), undefined)
  },
  'redrives one: its attempts begin anew, and what completed does not run again': async ({ inbox }) => {
    const one = delivery()
    const attempts: string[] = []
    let isMended = false
    const { consumer } = consume(inbox, async (_, { attempt, completed }) => {
      attempts.push(`${attempt}:${completed}`)
      return isMended ? done : failed('not yet', 'a')
    })
    await acceptAll(inbox, [one])
    await consumer.onIdle()
    isMended = true
    assert.equal(await inbox.deadLetters.redrive(one.id), 1)
    await consumer.onIdle()
    assert.deepEqual(attempts, ['1:', '2:a', '3:a', '1:a'])
    assert.deepEqual(await listDead(inbox), [])
    assert.equal(await inbox.deadLetters.redrive(one.id), 0)
    assert.equal(await accept(inbox, one), 'duplicate')
  },
  'redrives all that match, each once, even those that die again': async ({ inbox }) => {
    const sent = three()
    await deadLetterAll(inbox, sent)
    const { handed, consumer } = consume(inbox, async () => failed('still'), { retry: { attempts: 1 } })
    assert.equal(await inbox.deadLetters.redrive({ type: 'thing.made' }), 2)
    await consumer.onIdle()
    assert.deepEqual(handed.map(({ id }) => id).sort(), [present(sent[0]).id, present(sent[2]).id].sort())
    assert.equal((await listDead(inbox)).length, 3)
    assert.equal(await inbox.deadLetters.redrive({ type: 'thing.unknown' }), 0)
  },
  'redrives at a rate': async ({ inbox }) => {
    const count = 8
    await deadLetterAll(
      inbox,
      Array.from({ length: count }, () => delivery()),
    )
    const { handed, consumer } = consume(inbox, succeed)
    const startedAt = performance.now()
    assert.equal(await inbox.deadLetters.redrive({ all: true }, { perSecond: 20 }), count)
    const tookMs = performance.now() - startedAt
    await consumer.onIdle()
    assert.equal(handed.length, count)
    assert.ok(tookMs >= 250, `${tookMs} ms`)
    await assert.rejects(inbox.deadLetters.redrive({ all: true }, { perSecond: 0 }), TypeError)
    // Misspelt, it would put all back at once.
    const misspelt = { perSecnd: 1 } as RedriveOptions
    await assert.rejects(inbox.deadLetters.redrive({ all: true }, misspelt), TypeError)
  },
  'tells how far a redrive or a discard is, and stops it when it is told to': async ({ inbox }) => {
    const count = 6
    const sent = Array.from({ length: count }, () => delivery())
    await deadLetterAll(inbox, sent)
    const stopped = new AbortController()
    const told: number[] = []
    const onProgress = (changed: number) => {
      told.push(changed)
      stopped.abort()
      throw new Error('of the listener')
    }
    const options = { perSecond: 10, onProgress, signal: stopped.signal }
    const redriven = await inbox.deadLetters.redrive({ all: true }, options)
    assert.deepEqual([told.at(-1), told[0] === redriven], [redriven, true])
    assert.ok(redriven > 0 && redriven < count, `${redriven}`)
    assert.equal(await inbox.deadLetters.discard({ all: true }, { signal: AbortSignal.abort() }), 0)
    assert.equal((await listDead(inbox)).length, count - redriven)
    assert.equal(await inbox.deadLetters.discard({ all: true }, { onProgress }), count - redriven)
    assert.equal(told.at(-1), count - redriven)
    const misspelt = { onProgres: onProgress } as DiscardOptions
    await assert.rejects(async () => inbox.deadLetters.discard({ all: true }, misspelt), TypeError)
  },
  'redrives a copy of another body as a delivery of its own': async ({ inbox }) => {
    const one = delivery()
    const other = otherBodyOf(one)
    await accept(inbox, one)
    await accept(inbox, other)
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.equal(await inbox.deadLetters.redrive(`${one.id}.${other.bodyHash}`), 1)
    await consumer.onIdle()
    assert.deepEqual(
      handed.map(({ bodyHash }) => bodyHash),
      [one, other].map(({ bodyHash }) => bodyHash),
    )
  },
  'changes nothing for a filter that is empty, misspelt or undefined': async ({ inbox }) => {
    const sent = three()
    await deadLetterAll(inbox, sent)
    const wrong: readonly unknown[] = [
      {},
      { raeson: 'conflict' },
      { provider: undefined },
      { reason: 'forgotten' },
      { type: 5 },
      { diedBefore: new Date(Number.NaN) },
      { all: false },
      { all: true, type: 'thing.made' },
      undefined,
      null,
      [],
    ]
    for (const filter of wrong) {
      const which = filter as DeadLetterFilter
      await assert.rejects(async () => inbox.deadLetters.discard(which), TypeError, JSON.stringify(filter))
      await assert.rejects(async () => inbox.deadLetters.redrive(which), TypeError, JSON.stringify(filter))
    }
    await assert.rejects(
      async () => inbox.deadLetters.list({ raeson: 'conflict' } as DeadLetterFilter),
      TypeError,
    )
    assert.equal((await listDead(inbox)).length, 3)
    assert.equal(await inbox.deadLetters.discard({ endpoint: 'another' }), 0)
    assert.equal(await inbox.deadLetters.discard({ endpoint: present(sent[0]).endpoint }), 3)
  },
  'discards one, or all that match': async ({ inbox }) => {
    const sent = three()
    await deadLetterAll(inbox, sent)
    const [first, broken, last] = sent
    assert.equal(await inbox.deadLetters.discard(present(first).id), 1)
    assert.equal(await inbox.deadLetters.discard(present(first).id), 0)
    assert.equal(await inbox.deadLetters.discard({ type: 'thing.broken' }), 1)
    assert.equal(await inbox.deadLetters.get(present(broken).id), undefined)
    assert.deepEqual(await idsOf(inbox), [present(last).id])
    assert.equal(await inbox.deadLetters.discard({ all: true }), 1)
    assert.equal((await inbox.stats()).dead, 0)
  },
}

async function idsOf(inbox: Inbox): Promise<string[]> {
  return (await listDead(inbox)).map(({ id }) => id)
}
