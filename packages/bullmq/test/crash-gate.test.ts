import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CrashGate, type Pass, type Suspicion } from '../src/lib/crash-gate.ts'

const crashes = 4
const never = new Promise<never>(() => {})
const innocent: Suspicion = { crashes: 0, left: crashes }

/** Comes to the gate; what it was let in with is told when it was. */
function come(gate: CrashGate, suspicion: Suspicion, givenUp: Promise<unknown> = never) {
  const come: { pass?: Pass | undefined; isOver: boolean } = { isOver: false }
  void gate.enter(suspicion, givenUp).then((pass) => {
    come.pass = pass
    come.isOver = true
  })
  return come
}

describe('the gate of deliveries that may end their process', () => {
  it('lets any number in of which none is suspected', async () => {
    const gate = new CrashGate()
    const all = Array.from({ length: 1_000 }, () => come(gate, innocent))
    await turn()
    expect(all.every(({ pass }) => pass)).toBe(true)
  })

  it('lets a delivery with its last attempt in alone, and nobody beside it', async () => {
    const gate = new CrashGate()
    const running = [come(gate, innocent), come(gate, innocent)]
    const last = come(gate, { crashes: 3, left: 1 })
    const behind = come(gate, innocent)
    await turn()
    running[0]?.pass?.leave()
    await turn()
    expect(last.isOver).toBe(false)
    running[1]?.pass?.leave()
    await turn()
    expect([last.isOver, behind.isOver]).toEqual([true, false])
    last.pass?.leave()
    await turn()
    expect(behind.isOver).toBe(true)
  })

  it('lets the next ones in when a result is being written, and none is ready before it is', async () => {
    const gate = new CrashGate()
    const last = come(gate, { crashes: 3, left: 1 })
    const next = come(gate, { crashes: 3, left: 1 })
    await turn()
    let fail = (_: Error) => {}
    const written = new Promise<void>((_, reject) => {
      fail = reject
    })
    last.pass?.leave(written)
    last.pass?.leave()
    await turn()
    expect(next.isOver).toBe(true)
    let isReady = false
    void next.pass?.ready.then(() => {
      isReady = true
    })
    await turn()
    expect(isReady).toBe(false)
    fail(new Error('the lease was lost'))
    await turn()
    expect(isReady).toBe(true)
    const behind = come(gate, innocent)
    await turn()
    expect(behind.isOver).toBe(false)
    next.pass?.leave()
    await turn()
    await behind.pass?.ready
    expect(behind.isOver).toBe(true)
  })

  it('forgets who does not want in any more', async () => {
    const gate = new CrashGate()
    const running = come(gate, innocent)
    let giveUp = () => {}
    const givenUp = new Promise<void>((resolve) => {
      giveUp = resolve
    })
    const last = come(gate, { crashes: 3, left: 1 }, givenUp)
    const behind = come(gate, innocent)
    giveUp()
    await turn()
    expect([last.isOver, last.pass, behind.isOver]).toEqual([true, undefined, true])
    running.pass?.leave()
  })

  it('lets no innocent delivery die of one that ends its process each time', async () => {
    const lives = new Map(Array.from({ length: 100 }, (_, id) => [id, 0]))
    const poison = 57
    const dead: number[] = []
    while (lives.size > 0) {
      // A process of its own, which runs what comes until it dies.
      const gate = new CrashGate()
      const running = new Map<number, Pass>()
      for (const [id, crashed] of lives) void enter(gate, id, crashed, running)
      let isAlive = true
      while (isAlive && lives.size > 0) {
        await turn()
        isAlive = !running.has(poison)
        for (const [id, pass] of running) {
          if (isAlive) {
            running.delete(id)
            lives.delete(id)
            pass.leave()
          } else {
            const crashed = (lives.get(id) ?? 0) + 1
            lives.set(id, crashed)
            if (crashed < crashes) continue
            lives.delete(id)
            dead.push(id)
          }
        }
      }
    }
    expect(dead).toEqual([poison])
  })
})

async function enter(
  gate: CrashGate,
  id: number,
  crashed: number,
  running: Map<number, Pass>,
): Promise<void> {
  const pass = await gate.enter({ crashes: crashed, left: crashes - crashed }, never)
  if (pass) running.set(id, pass)
}
