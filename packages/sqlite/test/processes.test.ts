import type { Delivery, Inbox, RetryOptions } from '@acuse/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { startProcess } from './support/process.ts'
import { tempFile } from './support/temp-file.ts'

function open(path: string, leaseMs = 600): Inbox {
  const inbox = sqliteInbox(path, { pollMs: 20, leaseMs })
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

const count = (lines: readonly string[], start: string) =>
  lines.filter((line) => line.startsWith(start)).length

/** Which of these run together, each time that one begins. */
function watchTogether(inbox: Inbox, watched: readonly Delivery[], retry: RetryOptions = {}) {
  const running = new Set<string>()
  const seen: string[][] = []
  const handle = async ({ id }: Delivery) => {
    running.add(id)
    const ids = watched.filter((one) => running.has(one.id)).map((one) => one.id)
    if (ids.length > 0) seen.push(ids)
    await new Promise((resolve) => setTimeout(resolve, 20))
    running.delete(id)
    return done
  }
  return { ...consume(inbox, handle, { retry }), seen }
}

describe('several processes on one file', () => {
  it('lose nothing that was acknowledged when one is killed in the middle of accepts', async () => {
    const path = tempFile()
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round++) {
      const child = startProcess(path, 'accept', `r${round}-`)
      await until('some accepts', () => child.lines().length > 300 + Math.random() * 300)
      child.kill('SIGKILL')
      await child.ended
      const lines = child.lines()
      expect(lines.every((line) => line.startsWith('accepted '))).toBe(true)
      acknowledged.push(...lines.map((line) => line.slice('accepted '.length)))
    }
    const inbox = open(path)
    const handled = new Set<string>()
    let handovers = 0
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.add(id)
      handovers++
      return done
    })
    await consumer.onIdle()
    expect(acknowledged.length).toBeGreaterThan(900)
    expect(acknowledged.filter((name) => !handled.has(delivery(name).id))).toEqual([])
    expect(handovers).toBe(handled.size)
    expect(await inbox.accept(delivery(acknowledged[0] ?? ''), accepting)).toBe('duplicate')
  })

  it('may all start at once on a file that nobody has made yet', async () => {
    const path = tempFile()
    const names = Array.from({ length: 6 }, (_, at) => `first-of-${at}`)
    const children = names.map((name) => startProcess(path, 'one', name))
    await Promise.all(children.map(({ ended }) => ended))
    expect(children.flatMap((child) => child.lines())).toEqual(names.map((name) => `accepted ${name}`))
  })

  it('accept and handle together, each delivery once', async () => {
    const path = tempFile()
    const children = [
      startProcess(path, 'accept', 'a-'),
      startProcess(path, 'accept', 'b-'),
      startProcess(path, 'work', '', 10_000),
      startProcess(path, 'work', '', 10_000),
    ]
    const [a, b, c, d] = children as [
      (typeof children)[0],
      (typeof children)[0],
      (typeof children)[0],
      (typeof children)[0],
    ]
    const ends = () => [...c.lines(), ...d.lines()].filter((line) => line.startsWith('end '))
    await until('both work', () => count(c.lines(), 'end') > 300 && count(d.lines(), 'end') > 300)
    for (const accepter of [a, b]) {
      accepter.kill('SIGKILL')
      await accepter.ended
    }
    const lines = [...a.lines(), ...b.lines()]
    const accepted = lines.filter((line) => line.startsWith('accepted '))
    // Where another process has the lock for too long, its sender tries again.
    const others = lines.filter((line) => !line.startsWith('accepted '))
    expect(others.filter((line) => !/^refused .*database is locked$/.test(line))).toEqual([])
    const inbox = open(path)
    await until('all are handled', async () => {
      const { waiting, leased, delayed } = await inbox.stats()
      return waiting + leased + delayed === 0
    })
    for (const worker of [c, d]) {
      worker.kill('SIGTERM')
      await worker.ended
    }
    expect(new Set(ends()).size).toBe(ends().length)
    expect(ends().length).toBeGreaterThanOrEqual(accepted.length)
    expect((await inbox.stats()).dead).toBe(0)
  })

  it('take over what a killed one held, its attempt counted', async () => {
    const path = tempFile()
    const inbox = open(path)
    const one = delivery('one')
    await inbox.accept(one, accepting)
    const child = startProcess(path, 'slow')
    await until('it holds one', () => count(child.lines(), 'begin') === 1)
    child.kill('SIGKILL')
    const attempts: number[] = []
    const { consumer, observations } = consume(inbox, async (_, { attempt }) => {
      attempts.push(attempt)
      return done
    })
    await consumer.onIdle()
    expect(attempts).toEqual([2])
    expect(observations.map(({ type }) => type)).toEqual(['retried', 'handled'])
  })

  it('hand out what a killed one held in halves, so that what killed it is soon apart from the others', async () => {
    const path = tempFile()
    const inbox = open(path)
    const held = ['a', 'b', 'c', 'd'].map((name) => delivery(name))
    for (const one of held) await inbox.accept(one, accepting)
    const child = startProcess(path, 'slow', '', 600, 3)
    await until('it holds all', () => count(child.lines(), 'begin') === held.length)
    child.kill('SIGKILL')
    const together = watchTogether(inbox, held)
    for (let n = 0; n < 50; n++) await inbox.accept(delivery(`fresh-${n}`), accepting)
    await together.consumer.onIdle()
    expect(new Set(together.seen.flat()).size).toBe(held.length)
    expect(Math.max(...together.seen.map(({ length }) => length))).toBe(2)
  })

  it('leave one alone in its process when it may crash but once more', async () => {
    const path = tempFile()
    const inbox = open(path)
    const held = ['a', 'b', 'c', 'd'].map((name) => delivery(name))
    for (const one of held) await inbox.accept(one, accepting)
    const child = startProcess(path, 'slow', '', 600, 2)
    await until('it holds all', () => count(child.lines(), 'begin') === held.length)
    child.kill('SIGKILL')
    const all = [...held]
    for (let n = 0; n < 20; n++) all.push(delivery(`fresh-${n}`))
    const together = watchTogether(inbox, all, { attempts: 2, minDelayMs: 1, maxDelayMs: 5 })
    for (const one of all.slice(held.length)) await inbox.accept(one, accepting)
    await together.consumer.onIdle()
    const possiblePoison = new Set(held.map(({ id }) => id))
    const besidePossiblePoison = together.seen.filter((ids) => ids.some((id) => possiblePoison.has(id)))
    expect(new Set(besidePossiblePoison.flat()).size).toBe(held.length)
    expect(besidePossiblePoison.filter(({ length }) => length > 1)).toEqual([])
    expect((await inbox.stats()).dead).toBe(0)
  })

  it('refuse what a stalled one completes after its lease', async () => {
    const path = tempFile()
    const inbox = open(path)
    const rounds = 5
    for (let round = 0; round < rounds; round++) {
      const { id } = delivery(`stall-${round}`)
      await inbox.accept(delivery(`stall-${round}`), accepting)
      const child = startProcess(path, 'slow')
      await until('it holds one', () => count(child.lines(), `begin ${id}`) === 1)
      child.kill('SIGSTOP')
      let isBegun = false
      let isOver = false
      let open = () => {}
      const opened = new Promise<void>((resolve) => {
        open = resolve
      })
      const { consumer, observations } = consume(inbox, async () => {
        isBegun = true
        await opened
        isOver = true
        return done
      })
      await until('taken over', () => isBegun)
      child.kill('SIGCONT')
      await until(
        'it is told',
        () => count(child.lines(), `aborted ${id}`) === 1 && count(child.lines(), `end ${id}`) === 1,
      )
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect((await inbox.stats()).leased).toBe(1)
      expect(isOver).toBe(false)
      expect(count(child.lines(), 'signal handled')).toBe(0)
      open()
      await consumer.onIdle()
      expect(observations.filter(({ type }) => type === 'handled')).toHaveLength(1)
      await consumer.close({ timeoutMs: 1_000 })
      child.kill('SIGKILL')
      await child.ended
    }
  })

  it('dead-letter an event that kills each process that handles it', async () => {
    const path = tempFile()
    const inbox = open(path)
    const one = delivery('poison')
    await inbox.accept(one, accepting)
    let deaths = 0
    while ((await inbox.stats()).dead === 0 && deaths < 10) {
      const child = startProcess(path, 'poison', '', 200, 3)
      await Promise.race([
        child.ended,
        until('it is a dead letter', async () => (await inbox.stats()).dead === 1),
      ])
      if ((await inbox.stats()).dead === 0) deaths++
      child.kill('SIGKILL')
      await child.ended
    }
    expect(deaths).toBe(3)
    const letter = await inbox.deadLetters.get(one.id)
    expect(letter).toMatchObject({ reason: 'attempts-used-up', attempt: 3 })
    expect(letter?.failures.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'Error: Its process died or stalled: the lease ran out'),
    )
  })
})
