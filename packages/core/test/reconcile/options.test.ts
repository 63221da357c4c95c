import { describe, expect, it, vi } from 'vitest'
import { type Inbox, memoryInbox, type Observation } from '../../src/index.ts'
import { levelOf, wordsOf } from '../../src/log/words.ts'
import { type ReconcileOptions, reconcile } from '../../src/reconcile.ts'
import { bench } from '../support/acme.ts'

const dayMs = 86_400_000
const list: ReconcileOptions['list'] = async () => ({ items: [] })
const inboxOf = (changes: Partial<Inbox>) => Object.assign(memoryInbox({ maxIdempotencyKeys: 10 }), changes)

describe('reconcile', () => {
  it('needs a receiver with an inbox, and says so', () => {
    const { receiver } = bench({ ack: 'handled' })
    expect(() => reconcile(receiver, { list })).toThrow(/needs a receiver with an inbox.*Say ack: 'accepted'/)
  })

  it('needs list', () => {
    expect(() => reconcile(bench().receiver, {} as never)).toThrow(/needs the option list/)
  })

  it('is refused where the inbox remembers for less than a round looks back', () => {
    const make = (options: Partial<ReconcileOptions>) =>
      reconcile(bench({ inbox: inboxOf({ retentionMs: 10 * dayMs }) }).receiver, { list, ...options })
    expect(() => make({ lookBackMs: 11 * dayMs })).toThrow(/Raise its retentionMs, or lower lookBackMs/)
    expect(() => make({ everyMs: 6 * dayMs, overlapMs: 5 * dayMs })).toThrow(/Raise its retentionMs/)
    expect(() => make({ lookBackMs: 10 * dayMs })).not.toThrow()
  })

  it.each<[string, Partial<Inbox>, number]>([
    ['forgets', {}, 1],
    ['keeps idempotency keys', { idempotencyKeys: 'durable' }, 0],
    ['is durable', { durability: 'durable', idempotencyKeys: undefined as never }, 0],
  ])('warns of a restart where the inbox %s', (what, changes, times) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const endpoint = `acme-${what.replaceAll(' ', '-')}`
    reconcile(bench({ endpoint, inbox: inboxOf(changes) }).receiver, { list })
    const code = 'ACUSE_RECONCILE_AFTER_RESTART'
    const calls = warned.mock.calls.filter((call: readonly unknown[]) => call[2] === code)
    expect(calls).toHaveLength(times)
  })
})

describe('the log', () => {
  it('says of a round that was not complete why, and that the next one does it, as a warning', () => {
    const error = new Error('502')
    const failed: Observation = { type: 'reconcile-failed', provider: 'acme', endpoint: 'acme', error }
    expect(levelOf(failed)).toBe('warn')
    expect(wordsOf(failed)).toMatch(
      /^acme: .*the next round does it: Error: 502 \(docs.*#reconcile-failed\)$/,
    )
  })
})
