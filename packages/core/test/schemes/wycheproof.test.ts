import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ecdsa, ed25519, fromRawHeaders, type HashName, hmac, rsa, type Scheme } from '../../src/index.ts'

/** A vector; texts are hex. */
interface Vector {
  readonly tcId: number
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly comment: string
  readonly flags: readonly string[]
  readonly msg: string
  /** Of a signature. */
  readonly sig?: string
  /** Of a MAC. */
  readonly key: string
  readonly tag?: string
}

/** Vectors of one kind of key; lengths are in bits, the salt's in bytes. */
interface Group {
  readonly tests: readonly Vector[]
  readonly keyPem: string
  /** Of the modulus. */
  readonly keysize?: number
  readonly sha?: string
  readonly mgfSha?: string
  readonly sLen?: number
  /** Of the secret, and of the MAC. */
  readonly keySize?: number
  readonly tagSize?: number
}

interface VectorFile {
  readonly numberOfTests: number
  readonly testGroups: readonly Group[]
}

const folder = new URL('../../../../test/vectors/wycheproof/', import.meta.url)
const end = '_test.json'
const names = readdirSync(folder).flatMap((file) => (file.endsWith(end) ? [file.slice(0, -end.length)] : []))
const groupsOf = (name: string): readonly Group[] => {
  const { numberOfTests, testGroups } = JSON.parse(
    readFileSync(new URL(name + end, folder), 'utf8'),
  ) as VectorFile
  expect(testGroups.flatMap(({ tests }) => tests)).toHaveLength(numberOfTests)
  return testGroups
}

const header = 'x-signature'
const hashes: Readonly<Record<string, HashName>> = {
  'SHA-1': 'sha1-legacy',
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
}
const hashOf = ({ sha = '' }: Group) => hashes[sha] as HashName
const bytesOf = (hex = '') => Buffer.from(hex, 'hex')

/** Whether a scheme takes a signature; a throw of it fails the test. */
function isTaken(scheme: Scheme, { sig, tag, msg }: Vector, encoding: 'hex' | 'base64'): boolean {
  const headers = fromRawHeaders([header, bytesOf(sig ?? tag).toString(encoding)])
  const isChecked = scheme.check(headers) === undefined
  const isProven = 'keyId' in scheme.verify({ method: 'POST', url: '/', headers, body: bytesOf(msg) })
  expect(isChecked || !isProven, 'what is refused before the body is there is not proven after').toBe(true)
  return isProven
}

/** The scheme of a group whose public key is given. */
function schemeOf(name: string, group: Group): Scheme {
  const { keyPem: publicKey, sLen: saltLength } = group
  if (name === 'eddsa') return ed25519({ header, publicKey })
  const hash = hashOf(group)
  if (name.startsWith('ecdsa')) {
    const format = name.endsWith('_p1363') ? 'p1363' : 'der'
    return ecdsa({ header, publicKey, format, hash: hash === 'sha512' ? hash : 'sha256' })
  }
  if (saltLength === undefined) return rsa({ header, publicKey, hash })
  return rsa({ header, publicKey, hash, padding: 'pss', saltLength })
}

/** Why a group has no scheme; `undefined`: it has one. */
function leftOut({ sha, mgfSha = sha, keysize = 2_048, keySize = 128 }: Group): string | undefined {
  if (keysize < 2_048) return 'an RSA key of less than 2048 bits cannot be given'
  if (keySize < 128) return 'a secret of less than 16 bytes cannot be given'
  if (sha !== undefined && !(sha in hashes)) return 'no scheme has this hash'
  return mgfSha === sha ? undefined : 'no scheme masks with another hash than it signs with'
}

/** The identifiers of the vectors of each result that are taken, and of those that are not. */
function outcomesOf(tests: readonly Vector[], takes: (vector: Vector) => boolean) {
  const taken = tests.filter(takes)
  const of = (vectors: readonly Vector[], result: Vector['result']) =>
    vectors.flatMap((vector) => (vector.result === result ? [vector.tcId] : []))
  const refused = tests.filter((vector) => !taken.includes(vector))
  return { invalidTaken: of(taken, 'invalid'), validRefused: of(refused, 'valid'), taken, refused }
}

const right = { invalidTaken: [], validRefused: [] }
const macs = names.filter((name) => name.startsWith('hmac'))
const signatures = names.filter((name) => !name.startsWith('hmac'))
const macHashes: Readonly<Record<string, HashName>> = {
  hmac_sha1: 'sha1-legacy',
  hmac_sha256: 'sha256',
  hmac_sha512: 'sha512',
}

describe("Project Wycheproof's vectors", () => {
  it('are 4402 in 21 files, of which all but 195 are run', () => {
    const counts: Record<string, number> = {}
    for (const group of names.flatMap(groupsOf)) {
      const reason = leftOut(group) ?? 'run'
      counts[reason] = (counts[reason] ?? 0) + group.tests.length
    }
    expect(names).toHaveLength(21)
    expect(counts).toEqual({
      run: 4_207,
      'a secret of less than 16 bytes cannot be given': 6,
      'an RSA key of less than 2048 bits cannot be given': 57,
      'no scheme has this hash': 60,
      'no scheme masks with another hash than it signs with': 72,
    })
  })

  it.each(macs)('of %s are taken where they are valid, and the MAC is whole', (name) => {
    const hash = macHashes[name] as HashName
    const groups = groupsOf(name).filter((group) => leftOut(group) === undefined)
    const whole = Math.max(...groups.map(({ tagSize = 0 }) => tagSize))
    for (const encoding of ['hex', 'base64'] as const) {
      for (const { tests, tagSize } of groups) {
        const { taken, ...found } = outcomesOf(tests, (vector) =>
          isTaken(hmac({ header, secret: bytesOf(vector.key), hash, encoding }), vector, encoding),
        )
        // A MAC that is cut is valid to them, and refused by us.
        if (tagSize === whole) expect(found).toMatchObject(right)
        else expect(taken).toEqual([])
      }
    }
  })

  // What they call acceptable may be taken or not. A weak hash and a key with a small exponent are: whoever states one means
  // it. Another spelling of a signature is not.
  it.each(signatures)('of %s are taken where they are valid', (name) => {
    for (const group of groupsOf(name)) {
      if (leftOut(group) !== undefined) continue
      const scheme = schemeOf(name, group)
      const found = outcomesOf(group.tests, (vector) => isTaken(scheme, vector, 'base64'))
      expect(found).toMatchObject(right)
      for (const { result, flags } of found.taken)
        if (result === 'acceptable') expect(['WeakHash', 'SmallPublicKey']).toContain(flags[0])
      for (const { result, flags } of found.refused)
        if (result === 'acceptable') expect(['MissingNull', 'MissingZero', 'SigSize']).toContain(flags[0])
    }
  })

  it('of RSA are refused with another padding, salt length or hash than theirs', () => {
    const groups = {
      pkcs1: groupsOf('rsa_signature_2048_sha256')[0] as Group,
      unsalted: groupsOf('rsa_pss_2048_sha256_mgf1_0')[0] as Group,
      salted: groupsOf('rsa_pss_2048_sha256_mgf1_32')[0] as Group,
    }
    const takenOf = ({ keyPem, tests }: Group, options: Omit<Parameters<typeof rsa>[0], 'publicKey'>) =>
      outcomesOf(tests, (each) => isTaken(rsa({ ...options, header, publicKey: keyPem }), each, 'base64'))
    const { pkcs1, unsalted, salted } = groups
    for (const group of [unsalted, salted]) {
      const auto = takenOf(group, { padding: 'pss', saltLength: 'auto' })
      expect(auto.validRefused).toEqual([])
      // Any salt length is taken, and nothing else that is wrong.
      const wrong = auto.taken.filter(({ result }) => result === 'invalid')
      expect(wrong.map(({ comment }) => comment).filter((each) => !each.startsWith('s_len changed'))).toEqual(
        [],
      )
    }
    expect(takenOf(salted, { padding: 'pss' })).toMatchObject(right)
    for (const [group, options] of [
      [unsalted, { padding: 'pss' }],
      [salted, { padding: 'pss', saltLength: 0 }],
      [pkcs1, { padding: 'pss', saltLength: 'auto' }],
      [salted, {}],
      [pkcs1, { hash: 'sha512' }],
    ] as const)
      expect(takenOf(group, options).taken.filter(({ result }) => result === 'valid')).toEqual([])
  })

  it('of PSS that mask with another hash than they sign with are refused', () => {
    const groups = groupsOf('rsa_pss_misc').filter(
      (group) => group.sha !== group.mgfSha && hashOf(group) !== undefined,
    )
    expect(groups.length).toBeGreaterThan(50)
    for (const group of groups) {
      const scheme = schemeOf('rsa_pss_misc', group)
      expect(outcomesOf(group.tests, (each) => isTaken(scheme, each, 'base64')).taken).toEqual([])
    }
  })

  it('of keys and secrets that are too short cannot be given', () => {
    const short = groupsOf('rsa_signature').filter(({ keysize = 0 }) => keysize < 2_048)
    expect(short.length).toBeGreaterThan(0)
    for (const group of short) expect(() => schemeOf('rsa_signature', group)).toThrow('2048 to 8192 bits')
    const weak = groupsOf('hmac_sha1').filter(({ keySize = 0 }) => keySize < 128)
    expect(weak.length).toBeGreaterThan(0)
    for (const { key } of weak.flatMap(({ tests }) => tests))
      expect(() => hmac({ header, secret: bytesOf(key) })).toThrow('shorter than 16 bytes')
  })
})
