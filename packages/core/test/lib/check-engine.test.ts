import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { apiKey, createReceiver } from '../../src/index.ts'
import { acme, secret } from '../support/acme.ts'

const provider = acme()
const { isWellFormed } = String.prototype

describe('an engine that is too old', () => {
  beforeEach(() => {
    // As Node 18 has it.
    Reflect.deleteProperty(String.prototype, 'isWellFormed')
  })

  afterEach(() => {
    Object.defineProperty(String.prototype, 'isWellFormed', {
      value: isWellFormed,
      writable: true,
      configurable: true,
    })
  })

  it('is told at construction, with its version and the one that is needed', () => {
    const message = `Acuse needs Node 20.19 or newer; this is ${process.version}`
    expect(() => createReceiver(provider)).toThrow(message)
    expect(() => apiKey({ key: secret, header: 'x-key' })).toThrow(message)
  })

  it('needs no process to be told', () => {
    vi.stubGlobal('process', undefined)
    const refused = () => createReceiver(provider)
    expect(refused).toThrow('this is undefined')
    vi.unstubAllGlobals()
  })
})
