import { createHash, generateKeyPairSync, hash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { createSha256, verifySignature } from '../../src/lib/crypto.ts'

describe('verifySignature', () => {
  it('takes a primitive that throws for "not verified"', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(
      verifySignature({ hash: 'sha256', padding: 'pss' }, publicKey, Buffer.alloc(1), Buffer.alloc(64)),
    ).toBe(false)
  })
})

describe('verifySignature on workerd, which takes no key with options beside it', () => {
  it('verifies RSA-PSS all the same, and refuses another body', async () => {
    vi.resetModules()
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    const crypto = await import('../../src/lib/crypto.ts')
    vi.unstubAllGlobals()
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pss = { hash: 'sha256', padding: 'pss' } as const
    const signature = crypto.createSignature(pss, privateKey, Buffer.from('body'))
    expect(crypto.verifySignature(pss, publicKey, Buffer.from('body'), signature)).toBe(true)
    expect(crypto.verifySignature(pss, publicKey, Buffer.from('bodY'), signature)).toBe(false)
    expect(verifySignature(pss, publicKey, Buffer.from('body'), signature)).toBe(true)
  })
})

describe('SHA-256', () => {
  it.each([
    ['with the call for a whole text', hash],
    ['without it, as on some runtimes', undefined],
  ])('is that of Node %s, over texts and bytes', (_, call) => {
    const sha256 = createSha256(call)
    for (const data of [
      '',
      'text',
      'niño 🙂',
      Buffer.from([0xff, 0x00, 0x80]),
      new Uint8Array(1_000).fill(7),
    ]) {
      const expected = createHash('sha256').update(data).digest()
      expect(sha256.bytes(data)).toEqual(expected)
      expect(sha256.text(data)).toBe(expected.toString('base64url'))
    }
  })
})
