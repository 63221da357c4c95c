import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ecdsa, ed25519, fromRawHeaders, type HashName, hmac, rsa, type Scheme } from '../../src/index.ts'

interface Vector {
  readonly tcId: number
  readonly result: 'valid' | 'invalid'
  /** Hex, as the rest. */
  readonly msg: string
}
interface Mac extends Vector {
  readonly key: string
  readonly tag: string
}
interface Signed extends Vector {
  readonly sig: string
}
interface Group {
  readonly key: string
  readonly tests: readonly Signed[]
}
type Macs = 'hmac_sha1_test' | 'hmac_sha256_test' | 'hmac_sha512_test'
type Groups = 'ecdsa_secp256r1_sha256_test' | 'ecdsa_secp256r1_sha256_p1363_test' | 'ed25519_test'
type Rsas =
  | 'rsa_signature_2048_sha256_test'
  | 'rsa_pss_2048_sha256_mgf1_0_test'
  | 'rsa_pss_2048_sha256_mgf1_32_test'
type File = { readonly rsaKey: string } & Readonly<
  Record<Macs, readonly Mac[]> & Record<Groups, readonly Group[]> & Record<Rsas, readonly Signed[]>
>

// Project Wycheproof's, Apache License 2.0: the file says which.
const path = new URL('../../../../test/vectors/wycheproof.json', import.meta.url)
const vectors = JSON.parse(readFileSync(path, 'utf8')) as File

const header = 'x-signature'
const bytesOf = (hex: string) => Buffer.from(hex, 'hex')

function isTaken(scheme: Scheme, signature: string, msg: string): boolean {
  const headers = fromRawHeaders([header, signature])
  return 'keyId' in scheme.verify({ method: 'POST', url: '/', headers, body: bytesOf(msg) })
}
const taken = (scheme: Scheme, tests: readonly Signed[]) =>
  tests
    .filter(({ sig, msg }) => isTaken(scheme, bytesOf(sig).toString('base64'), msg))
    .map(({ tcId }) => tcId)
const valid = (tests: readonly Vector[]) =>
  tests.filter(({ result }) => result === 'valid').map(({ tcId }) => tcId)

describe("Project Wycheproof's vectors", () => {
  it.each<[Macs, HashName, number]>([
    ['hmac_sha1_test', 'sha1-legacy', 20],
    ['hmac_sha256_test', 'sha256', 32],
    ['hmac_sha512_test', 'sha512', 64],
  ])('of %s are taken where they are valid, and whole', (file, hash, bytes) => {
    const isWhole = ({ tag }: Mac) => bytesOf(tag).length === bytes
    for (const encoding of ['hex', 'base64'] as const) {
      const found = vectors[file].filter(({ key, tag, msg }) =>
        isTaken(hmac({ header, secret: bytesOf(key), hash, encoding }), bytesOf(tag).toString(encoding), msg),
      )
      expect(found.map(({ tcId }) => tcId)).toEqual(valid(vectors[file].filter(isWhole)))
    }
  })

  it('hold tags that were truncated and are valid, none of which is taken', () => {
    const truncated = vectors.hmac_sha256_test.filter(({ tag }) => bytesOf(tag).length < 32)
    expect(valid(truncated)).toEqual([82, 83, 84, 98])
  })

  it.each<[Groups, (publicKey: string) => Scheme]>([
    ['ecdsa_secp256r1_sha256_test', (publicKey) => ecdsa({ header, publicKey })],
    ['ecdsa_secp256r1_sha256_p1363_test', (publicKey) => ecdsa({ header, publicKey, format: 'p1363' })],
    ['ed25519_test', (publicKey) => ed25519({ header, publicKey })],
  ])('of %s are taken where they are valid', (file, of) => {
    for (const { key, tests } of vectors[file])
      expect(taken(of(bytesOf(key).toString('base64')), tests)).toEqual(valid(tests))
  })

  it('of RSA are taken where they are valid, with the padding and the salt that are stated', () => {
    const pkcs1 = vectors.rsa_signature_2048_sha256_test
    const unsalted = vectors.rsa_pss_2048_sha256_mgf1_0_test
    const salted = vectors.rsa_pss_2048_sha256_mgf1_32_test
    const publicKey = vectors.rsaKey
    const pss = { header, publicKey, padding: 'pss' } as const
    const cases: readonly [Scheme, readonly Signed[]][] = [
      [rsa({ header, publicKey }), pkcs1],
      [rsa(pss), salted],
      [rsa({ ...pss, saltLength: 32 }), salted],
      [rsa({ ...pss, saltLength: 0 }), unsalted],
      [rsa({ ...pss, saltLength: 'auto' }), salted],
      [rsa({ ...pss, saltLength: 'auto' }), unsalted],
    ]
    for (const [scheme, tests] of cases) expect(taken(scheme, tests)).toEqual(valid(tests))
    for (const [scheme, tests] of [
      [rsa(pss), unsalted],
      [rsa({ ...pss, saltLength: 0 }), salted],
      [rsa({ ...pss, saltLength: 'auto' }), pkcs1],
      [rsa({ header, publicKey }), salted],
      [rsa({ header, publicKey, hash: 'sha512' }), pkcs1],
    ] as const)
      expect(taken(scheme, tests)).toEqual([])
  })
})
