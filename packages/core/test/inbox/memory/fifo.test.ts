import { describe, expect, it } from 'vitest'
import { Fifo } from '../../../src/inbox/memory/fifo.ts'

describe('Fifo', () => {
  it('gives out what came in, in order, over many times its first size', () => {
    const fifo = new Fifo<number>()
    const out: (number | undefined)[] = []
    expect(fifo.shift()).toBeUndefined()
    for (let item = 0; item < 1_000; item++) {
      fifo.push(item)
      if (item % 3 === 0) out.push(fifo.shift())
    }
    expect(fifo.peek()).toBe(out.length)
    while (fifo.size > 0) out.push(fifo.shift())
    expect(out).toEqual(Array.from({ length: 1_000 }, (_, item) => item))
    expect(fifo.shift()).toBeUndefined()
    expect(fifo.peek()).toBeUndefined()
  })
})
