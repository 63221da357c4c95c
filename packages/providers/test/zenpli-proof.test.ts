import { generateKeyPairSync } from 'node:crypto'
import { memoryInbox } from '@acuse/core'
import { describe, expect, it, vi } from 'vitest'
import { type ZenpliOptions, zenpli } from '../src/zenpli/index.ts'
import { bench, callback, secret } from './support/zenpli.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe("zenpli's proof", () => {
  it('by RSA is a base64 PKCS#1 v1.5 signature with SHA-256 in X-Zenpli-Signature', async () => {
    const { send } = bench(zenpli({ rsa: publicKey }))
    const signature =
      zenpli({ rsaPrivateKey: privateKey }).scheme.sign?.(Buffer.from(JSON.stringify(callback))) ?? {}
    expect(Object.keys(signature)).toEqual(['x-zenpli-signature'])
    expect(await send(callback, signature)).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await send({ ...callback, status: 'x' }, signature)).toMatchObject({ status: 401 })
  })

  it('by HMAC is taken as hex and as base64, told apart by length', async () => {
    const { send, hmacOf } = bench(zenpli({ hmac: secret }))
    for (const encoding of ['hex', 'base64'] as const) {
      const payload = { ...callback, session_id: encoding }
      const headers = { 'X-Zenpli-HMAC-Signature': hmacOf(payload, encoding), 'X-Session-Id': encoding }
      expect(await send(payload, headers)).toMatchObject({ status: 200 })
    }
    expect(await send(callback, { 'X-Zenpli-HMAC-Signature': 'abc123signature==' })).toMatchObject({
      status: 401,
    })
  })

  it('by API key is taken alone and after Bearer', async () => {
    const { send } = bench(zenpli({ apiKey: secret }))
    expect(await send(callback, { Authorization: secret })).toMatchObject({ kind: 'accepted' })
    expect(await send(callback, { Authorization: `Bearer ${secret}` })).toMatchObject({ kind: 'duplicate' })
    expect(await send(callback, { Authorization: `${secret}x` })).toMatchObject({ status: 401 })
  })

  it.each([
    ['rsa', { rsa: publicKey }, 'X-Acme-Signature'],
    ['hmac', { hmac: secret }, 'X-Acme-HMAC-Signature'],
    ['apiKey', { apiKey: secret }, 'X-Acme-Authorization'],
    ['rsaPrivateKey', { rsaPrivateKey: privateKey }, 'x-acme-signature'],
  ])('by %s may stand in another header that ends as Zenpli says, and in no other', (name, proof, header) => {
    expect(() => zenpli({ ...proof, header } as ZenpliOptions)).not.toThrow()
    const others = [
      'X-Acme',
      'Signature-X',
      'X-Acme-Signature',
      'X-Acme-HMAC-Signature',
      'X-Acme-Authorization',
    ]
    for (const other of others) {
      if (other.toLowerCase() === header.toLowerCase()) continue
      expect(() => zenpli({ ...proof, header: other } as ZenpliOptions), other).toThrow(
        `for ${name}, such as`,
      )
    }
    expect(() => zenpli({ ...proof, header: 5 } as never)).toThrow(TypeError)
  })

  it('is exactly one, and every option is known', () => {
    for (const options of [
      {},
      { rsa: publicKey, hmac: secret },
      { hmac: secret, apiKey: secret },
      { hmac: undefined, rsa: publicKey },
    ]) {
      expect(() => zenpli(options as ZenpliOptions)).toThrow(
        'exactly one of rsa, hmac, apiKey, rsaPrivateKey',
      )
    }
    expect(() => zenpli({ hmac: undefined })).toThrow('The secret must be text or bytes, not undefined')
    expect(() => zenpli({ rsa: undefined })).toThrow('publicKey must be')
    expect(() => zenpli({ hmac: secret, headr: 'x' } as never)).toThrow("zenpli has no option 'headr'")
    expect(() => zenpli({ hmac: secret, timestamp: 'never' } as never)).toThrow(
      "must be 'optional' or 'required'",
    )
    expect(() => zenpli({ hmac: secret, timestampHeader: 'x y' })).toThrow('timestampHeader')
  })

  it('by API key in production warns once in the life of the process; elsewhere not at all', () => {
    bench(zenpli({ apiKey: secret }))
    // The warning about the memory inbox was given before.
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    bench(zenpli({ apiKey: secret }))
    vi.stubEnv('NODE_ENV', 'production')
    bench(zenpli({ hmac: secret }))
    expect(warned).not.toHaveBeenCalled()
    bench(zenpli({ apiKey: secret }))
    bench(zenpli({ apiKey: secret }))
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('signs nothing'),
      'AcuseWarning',
      'ACUSE_API_KEY_IN_PRODUCTION',
    )
  })

  it('without a time on a volatile inbox warns that a captured callback runs again, and where the durable ones are named', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    bench(zenpli({ hmac: secret, product: 'warned' }))
    bench(zenpli({ hmac: secret, product: 'warned' }))
    bench(zenpli({ hmac: secret, product: 'timed', timestamp: 'required' }))
    const durable = Object.assign(memoryInbox(), {
      durability: 'durable',
      idempotencyKeys: 'durable',
    } as const)
    bench(zenpli({ hmac: secret, product: 'durable' }), { inbox: durable })
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        /^zenpli-warned: .*runs again after each restart.*a durable inbox.*docs.acknowledging\.md/,
      ),
      'AcuseWarning',
      'ACUSE_REPLAY_AFTER_RESTART',
    )
  })

  it('holds where there is no process to ask for its environment', () => {
    vi.stubGlobal('process', undefined)
    expect(() => zenpli({ apiKey: secret })).not.toThrow()
    vi.stubGlobal('process', {})
    expect(() => zenpli({ apiKey: secret })).not.toThrow()
    vi.unstubAllGlobals()
  })
})
