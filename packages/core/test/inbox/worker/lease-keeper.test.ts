import { describe, expect, it } from 'vitest'
import { settled } from '../../support/clock.ts'
import { done } from '../../support/memory-inbox.ts'
import { leaseMs, sharedTable } from '../../support/shared-source.ts'

const away = () => new Error('away')
const hanging = () => new Promise<never>(() => {})

describe('the leases that a worker holds', () => {
  it('are renewed while the handler runs, soon again where that failed, and not taken back by itself', async () => {
    const { put, work, clock, rows, faults, types } = sharedTable()
    put('a')
    faults.set('renew', [away()])
    const worker = work(hanging)
    await clock.advance(leaseMs * 4)
    expect(rows[0]?.dueAt).toBeGreaterThan(clock.now())
    expect(rows).toMatchObject([{ state: 'leased', attempt: 1 }])
    expect(types()).toEqual([])
    const closing = worker.close({ timeoutMs: 0 })
    await clock.advance(0)
    await closing
  })

  it('are renewed at every third of their length, and every 200 ms while that fails', async () => {
    const { put, work, clock, callsOf, faults } = sharedTable()
    put('a')
    faults.set('renew', [away(), away()])
    const worker = work(hanging)
    await clock.advance(3_500)
    expect(callsOf('renew')).toEqual(
      [1_000, 1_200, 1_400, 2_400, 3_400].map((at) => ({ method: 'renew', at, size: 1 })),
    )
    const closing = worker.close({ timeoutMs: 0 })
    await clock.advance(0)
    await closing
  })

  it("that are another's by now are given up: the signal is aborted, and the result does not count", async () => {
    const { put, work, clock, rows, types } = sharedTable()
    put('a')
    let reason: unknown
    const worker = work(async (_, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      reason = signal.reason
      return done
    })
    await settled()
    Object.assign(rows[0] ?? {}, { token: 7, dueAt: clock.now() + 60_000 })
    await clock.advance(leaseMs / 3)
    expect(String(reason)).toContain('The lease ran out and is taken')
    expect(rows).toMatchObject([{ state: 'leased', token: 7 }])
    expect(types()).toEqual([])
    await worker.close({ timeoutMs: 0 })
  })

  it('are renewed no more once it is closed, also where a renewal was on its way, and failed', async () => {
    const { put, work, clock, faults, slow } = sharedTable()
    put('a')
    const worker = work(hanging)
    const release = slow('renew')
    await clock.advance(leaseMs / 3)
    faults.set('renew', [away()])
    const closing = worker.close({ timeoutMs: 0 })
    await clock.advance(0)
    await closing
    release()
    await settled()
    expect(clock.scheduled).toBe(0)
  })

  it('are not lost where they were settled while their renewal was on its way', async () => {
    const { put, work, clock, slow, types, rows } = sharedTable()
    put('a')
    let signal: AbortSignal | undefined
    const ends: (() => void)[] = []
    const worker = work(async (_, lease) => {
      signal = lease.signal
      await new Promise<void>((resolve) => ends.push(resolve))
      return done
    })
    const release = slow('renew')
    await clock.advance(leaseMs / 3)
    for (const end of ends) end()
    await settled()
    release()
    await settled()
    expect(types()).toEqual(['handled'])
    expect(signal?.aborted).toBe(false)
    expect(rows).toMatchObject([{ state: 'done' }])
    await worker.close({ timeoutMs: 0 })
  })
})

describe('a possible poison message', () => {
  it('that waits for its turn alone holds up the others for the length of a lease at most', async () => {
    const { put, work, clock, rows } = sharedTable()
    put('long')
    const seen: string[] = []
    const worker = work(async ({ body }) => {
      seen.push(Buffer.from(body).toString())
      if (seen.length === 1) return hanging()
      return done
    })
    await settled()
    put('poison', { attempt: 2, crashes: 2, atOnce: 0 })
    put('other')
    worker.wake()
    await clock.advance(leaseMs - 1_000)
    expect(seen).toEqual(['long'])
    await clock.advance(1_000)
    expect(seen.toSorted()).toEqual(['long', 'other', 'poison'])
    expect(rows.map(({ state }) => state)).toEqual(['leased', 'done', 'done'])
    const closing = worker.close({ timeoutMs: 0 })
    await clock.advance(0)
    await closing
  })

  it('runs beside as many others of its kind as it may, and beside all that are none', async () => {
    const { put, work, clock } = sharedTable()
    for (const name of ['a', 'b', 'c']) put(name, { attempt: 1, crashes: 1, atOnce: 2 })
    put('d')
    let running = 0
    let most = 0
    const worker = work(async () => {
      most = Math.max(most, ++running)
      await settled()
      running--
      return done
    })
    await clock.advance(0)
    await worker.onIdle()
    expect(most).toBe(3)
    await worker.close({ timeoutMs: 0 })
  })
})

describe('the leases that a dead process left', () => {
  it('are taken back where the clock was set back, too: they end further off than leases last', async () => {
    const { orphan, work, clock, types } = sharedTable()
    orphan('a')
    clock.stepWall(-3_600_000)
    const worker = work()
    await clock.advance(leaseMs)
    expect(types()).toEqual(['retried', 'handled'])
    await worker.close({ timeoutMs: 0 })
  })

  it('are left alone while their holder renews them', async () => {
    const { orphan, work, clock, types } = sharedTable()
    const row = orphan('a')
    const worker = work()
    for (let times = 0; times < 6; times++) {
      await clock.advance(leaseMs - 200)
      row.dueAt = clock.now() + leaseMs
    }
    expect(types()).toEqual([])
    await worker.close({ timeoutMs: 0 })
  })

  it('are left alone where their holder renews them at the last moment', async () => {
    const { orphan, work, clock, types, slow } = sharedTable()
    const row = orphan('a')
    const release = slow('takeBack')
    const worker = work()
    await clock.advance(leaseMs * 2)
    row.dueAt = clock.now() + leaseMs
    release()
    await settled()
    expect(types()).toEqual([])
    await worker.close({ timeoutMs: 0 })
  })

  it('are looked for once at a time, however long the storage takes', async () => {
    const { orphan, work, clock, types, slow, callsOf } = sharedTable()
    orphan('a')
    const release = slow('late')
    const worker = work()
    await clock.advance(10_000)
    expect(types()).toEqual([])
    expect(callsOf('late')).toHaveLength(1)
    release()
    await clock.advance(5_000)
    expect(types()).toEqual(['retried', 'handled'])
    await worker.close({ timeoutMs: 0 })
  })

  it('are looked for at each poll, and nothing is written for those that are none', async () => {
    const { work, clock, callsOf } = sharedTable()
    const worker = work()
    await clock.advance(5_000)
    expect(callsOf('late').map(({ at }) => at)).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000])
    expect(callsOf('renew').map(({ at }) => at)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000])
    expect(callsOf('takeBack')).toEqual([])
    await worker.close({ timeoutMs: 0 })
  })

  it('are taken back once nobody renewed them for long enough, and their attempts count', async () => {
    const { orphan, work, clock, observations } = sharedTable()
    for (const name of ['a', 'b', 'c', 'd']) orphan(name)
    const worker = work()
    await clock.advance(leaseMs * 2)
    const error = new Error('Its process died or stalled: the lease ran out')
    const retried = { type: 'retried', attempt: 1, delayMs: 0, error }
    expect(observations.slice(0, 4)).toMatchObject(Array(4).fill(retried))
    expect(observations.slice(4)).toMatchObject(Array(4).fill({ type: 'handled', attempt: 2 }))
    await worker.close({ timeoutMs: 0 })
  })

  it('are taken back while others run here, whose leases are not among those of others', async () => {
    const { orphan, put, work, clock, types, callsOf } = sharedTable()
    put('own')
    const worker = work(async ({ body }) => (String(body) === 'own' ? hanging() : done))
    await settled()
    orphan('a')
    await clock.advance(leaseMs * 2)
    expect(types()).toEqual(['retried', 'handled'])
    expect(callsOf('late').every(({ size, at }) => size === 1 || at === 0)).toBe(true)
    const closing = worker.close({ timeoutMs: 0 })
    await clock.advance(0)
    await closing
  })

  it('are taken back 250 at a time, so that no accept waits for long', async () => {
    const { orphan, work, clock, callsOf } = sharedTable()
    for (let n = 0; n < 501; n++) orphan(`a${n}`)
    const worker = work(undefined, { handles: () => ({ only: [] }) })
    await clock.advance(leaseMs * 2)
    expect(callsOf('takeBack').map(({ size }) => size)).toEqual([250, 250, 1])
    await worker.close({ timeoutMs: 0 })
  })

  it('are dead letters when no more of their attempts may end so', async () => {
    const { orphan, work, clock, observations } = sharedTable()
    orphan('a').crashes = 2
    const worker = work()
    await clock.advance(leaseMs * 2)
    expect(observations).toMatchObject([{ type: 'dead', reason: 'attempts-used-up', attempt: 1 }])
    await worker.close({ timeoutMs: 0 })
  })

  it('are no dead letters for a bound of a process that does not handle them', async () => {
    const { orphan, work, clock, types } = sharedTable()
    orphan('a').crashes = 2
    const worker = work(undefined, { handles: () => ({ only: [] }), retry: { attempts: 1, crashes: 1 } })
    await clock.advance(leaseMs * 2)
    expect(types()[0]).toBe('retried')
    await worker.close({ timeoutMs: 0 })
  })

  it.each([
    [{ attempts: 1, crashes: 1 }, 9, 'dead'],
    [{ attempts: 1, crashes: 1 }, 8, 'retried'],
    [{ attempts: 1, crashes: 20 }, 9, 'retried'],
    [{ attempts: 1, crashes: 10 }, 9, 'dead'],
  ])(
    'end at the usual bounds, or wider ones, where they are not handled: %o after %i',
    async (retry, crashes, type) => {
      const { orphan, work, clock, types } = sharedTable()
      orphan('a').crashes = crashes
      const worker = work(undefined, { handles: () => ({ only: [] }), retry })
      await clock.advance(leaseMs * 2)
      expect(types()).toEqual([type])
      await worker.close({ timeoutMs: 0 })
    },
  )

  it('are watched anew once the storage was away: nobody could renew', async () => {
    const { orphan, work, clock, faults, types } = sharedTable()
    orphan('a')
    const worker = work()
    await clock.advance(2_999)
    faults.set('late', [away()])
    await clock.advance(3_000)
    expect(types()).toEqual([])
    await clock.advance(1)
    expect(types()).toEqual(['retried', 'handled'])
    await worker.close({ timeoutMs: 0 })
  })

  it('are judged only by what was seen while the storage could be written', async () => {
    const { orphan, work, clock, faults, types } = sharedTable()
    orphan('a')
    faults.set('late', [away(), ...Array.from({ length: 9 }, away)])
    const worker = work()
    await clock.advance(9_999)
    expect(types()).toEqual([])
    await clock.advance(3_000)
    expect(types()).toEqual(['retried', 'handled'])
    await worker.close({ timeoutMs: 0 })
  })

  it('are taken back one by one where one of them cannot be written', async () => {
    const { orphan, work, clock, faults, observations } = sharedTable()
    const names = [orphan('a'), orphan('b')].map(({ delivery }) => delivery.id)
    faults.set('takeBack', [away(), away()])
    const worker = work()
    await clock.advance(leaseMs * 2)
    expect(observations).toMatchObject([
      { type: 'retried', id: names[1] },
      { type: 'handled', id: names[1] },
      { type: 'retried', id: names[0] },
      { type: 'handled', id: names[0] },
    ])
    await worker.close({ timeoutMs: 0 })
  })

  it('run alone with the last attempt that may end so, and nothing beside them', async () => {
    const { put, work, clock, observations } = sharedTable()
    put('poison', { attempt: 2, crashes: 2, atOnce: 0 })
    const ends: (() => void)[] = []
    const seen: string[] = []
    const worker = work(async ({ body }) => {
      seen.push(Buffer.from(body).toString())
      await new Promise<void>((resolve) => ends.push(resolve))
      return done
    })
    await settled()
    put('other')
    worker.wake()
    await settled()
    expect(seen).toEqual(['poison'])
    ends.pop()?.()
    await settled()
    expect(seen).toEqual(['poison', 'other'])
    ends.pop()?.()
    await settled()
    expect(observations).toMatchObject([{ type: 'handled', attempt: 3 }, { type: 'handled' }])
    await worker.close({ timeoutMs: 0 })
    expect(clock.scheduled).toBe(0)
  })
})
