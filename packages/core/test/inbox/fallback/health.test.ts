import { describe, expect, it } from 'vitest'
import { consume, create, type SmallInbox } from '../../support/small-inbox.ts'

const asking = { minFreeBytes: 0 }
const aged = (inbox: SmallInbox, oldestAgeMs: number): void => {
  const ask = inbox.stats.bind(inbox)
  inbox.stats = async () => ({ ...(await ask()), oldestAgeMs })
}
const ill = (inbox: SmallInbox, how: 'rejects' | 'hangs'): void => {
  inbox.stats = () => (how === 'hangs' ? new Promise(() => {}) : Promise.reject(new Error('ECONNREFUSED')))
}

describe('the health of an inbox with a fallback', () => {
  it('is that of both, and as old as the older', async () => {
    const { primary, fallback, inbox } = create()
    aged(primary, 3)
    aged(fallback, 5)
    expect(await inbox.checkHealth?.(asking)).toEqual({ oldestAgeMs: 5, problems: [] })
  })

  it.each(['rejects', 'hangs'] as const)('is a warning while the primary %s', async (how) => {
    const { primary, fallback, inbox } = create()
    ill(primary, how)
    aged(fallback, 5)
    expect(await inbox.checkHealth?.(asking)).toMatchObject({
      oldestAgeMs: 5,
      problems: [{ code: 'primary-unreachable', stopsReady: false }],
    })
  })

  it('is a warning while the fallback is away', async () => {
    const { fallback, inbox } = create()
    ill(fallback, 'rejects')
    expect(await inbox.checkHealth?.(asking)).toMatchObject({
      problems: [{ code: 'fallback-unreachable', message: expect.stringContaining('ECONNREFUSED') }],
    })
  })

  it('cannot be had while neither answers', async () => {
    const { primary, fallback, inbox } = create()
    ill(primary, 'rejects')
    ill(fallback, 'hangs')
    await expect(inbox.checkHealth?.(asking)).rejects.toThrow('ECONNREFUSED')
  })

  it('knows how long the primary has not answered the worker, where that tells', () => {
    const { primary, inbox } = create()
    expect(consume(inbox).consumer.silentMs?.()).toBeUndefined()
    const consumeOfPrimary = primary.consume.bind(primary)
    primary.consumers.clear()
    primary.consume = (...given) => ({ ...consumeOfPrimary(...given), silentMs: () => 7 })
    expect(consume(inbox).consumer.silentMs?.()).toBe(7)
  })
})
