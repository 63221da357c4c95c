import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processWide } from '../../src/lib/process-wide.ts'

describe('what there is one of in a process', () => {
  it('is made once, whoever asks', () => {
    const made = processWide('test/1', () => new Set(['first']))
    expect(processWide('test/1', () => new Set(['second']))).toBe(made)
    expect(processWide('test/2', () => new Set(['second']))).not.toBe(made)
  })

  it('is in nothing that prints the globals: it may stand for keys', () => {
    const place = Symbol.for('acuse.process-wide')
    const shared: unknown = Reflect.get(globalThis, place)
    onTestFinished(() => void Reflect.set(globalThis, place, shared))
    Reflect.deleteProperty(globalThis, place)
    processWide('test/1', () => new Set(['what stands for a key']))
    expect(inspect(globalThis, { depth: 3 })).not.toContain('what stands for a key')
  })
})
