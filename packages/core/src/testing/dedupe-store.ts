import assert from 'node:assert/strict'
import type { Claim, DedupeStore } from '../dedupe/dedupe-store.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { ContractCase } from './contract-case.ts'

/** A store under test. */
export interface DedupeStoreSubject {
  /** The store. */
  readonly store: DedupeStore
  /** Lets `ms` milliseconds go by, for real or on the store's own clock. */
  advance(ms: number): Awaitable<void>
  /** Brings the store to its bound, after `key` is committed; a function that undoes it. */
  fill(): Awaitable<() => Awaitable<void>>
  /** Frees what it holds. */
  dispose(): Awaitable<void>
}

type Check = (subject: DedupeStoreSubject, key: string) => Promise<void>

const one = bodyHash()
const other = bodyHash()
const leaseMs = 300
const long = { bodyHash: one, leaseMs: 60_000 }
const short = { bodyHash: one, leaseMs }
const retention = { retentionMs: 60_000 }

/**
 * The suite that every {@link DedupeStore} passes. Waits of up to a second are real where the subject's clock is.
 *
 * @example
 * for (const { name, run } of dedupeStoreContract(() => ({ store, advance, fill, dispose }))) it(name, run)
 * @param create makes a subject for one case; keys are random, so that it may be one store for all
 */
export function dedupeStoreContract(create: () => Awaitable<DedupeStoreSubject>): readonly ContractCase[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    needs: [],
    leftOut: undefined,
    async run() {
      const subject = await create()
      try {
        await check(subject, random(16))
      } finally {
        await subject.dispose()
      }
    },
  }))
}

const checks: Readonly<Record<string, Check>> = {
  'gives an idempotency key to one: in flight while it is claimed, committed after': async (
    { store },
    key,
  ) => {
    const token = tokenOf(await store.claim(key, long))
    assert.deepEqual(await store.claim(key, long), { status: 'in-flight' })
    assert.equal(await store.commit(key, token, retention), true)
    assert.equal((await store.claim(key, long)).status, 'committed')
  },
  'gives an idempotency key to one of 50 that claim it at once': async ({ store }, key) => {
    const claims = await Promise.all(Array.from({ length: 50 }, async () => store.claim(key, long)))
    assert.equal(claims.filter(({ status }) => status === 'claimed').length, 1)
    assert.equal(claims.filter(({ status }) => status === 'in-flight').length, 49)
  },
  'answers conflict to another body hash while it is claimed, and after the commit': async (
    { store },
    key,
  ) => {
    const token = tokenOf(await store.claim(key, long))
    assert.deepEqual(await store.claim(key, { ...long, bodyHash: other }), { status: 'conflict' })
    await store.commit(key, token, retention)
    assert.deepEqual(await store.claim(key, { ...long, bodyHash: other }), { status: 'conflict' })
  },
  'compares the first 9 bytes of a body hash at least, while it is claimed and after the commit': async (
    { store },
    key,
  ) => {
    const same = { ...long, bodyHash: 'A'.repeat(43) }
    const alike = Array.from({ length: 12 }, (_, at) => `${'A'.repeat(at)}B${'A'.repeat(42 - at)}`)
    const claims = () => Promise.all(alike.map(async (bodyHash) => store.claim(key, { ...long, bodyHash })))
    const token = tokenOf(await store.claim(key, same))
    for (const claim of await claims()) assert.deepEqual(claim, { status: 'conflict' })
    await store.commit(key, token, retention)
    for (const claim of await claims()) assert.deepEqual(claim, { status: 'conflict' })
  },
  'keeps a result with the commit, byte for byte, and none where none was given': async ({ store }, key) => {
    const result = '{"saldo":"1.000 ñ € 𝄞","vacío":""}'
    await store.commit(key, tokenOf(await store.claim(key, long)), { ...retention, result })
    assert.deepEqual(await store.claim(key, long), { status: 'committed', result })
    await store.commit(`${key}2`, tokenOf(await store.claim(`${key}2`, long)), retention)
    const { status, result: none } = { result: undefined, ...(await store.claim(`${key}2`, long)) }
    assert.deepEqual({ status, none }, { status: 'committed', none: undefined })
    await store.commit(`${key}3`, tokenOf(await store.claim(`${key}3`, long)), { ...retention, result: '' })
    assert.deepEqual(await store.claim(`${key}3`, long), { status: 'committed', result: '' })
  },
  'takes the same commit again from the same owner, and from nobody else': async ({ store }, key) => {
    const token = tokenOf(await store.claim(key, long))
    const committing = { ...retention, result: 'r' }
    for (let time = 0; time < 3; time++) assert.equal(await store.commit(key, token, committing), true)
    assert.equal(await store.commit(key, 'not-the-owner', committing), false)
    const plain = tokenOf(await store.claim(`${key}2`, long))
    for (let time = 0; time < 3; time++) assert.equal(await store.commit(`${key}2`, plain, retention), true)
    assert.equal(await store.commit(`${key}2`, 'not-the-owner', retention), false)
  },
  'frees an idempotency key when its owner releases it, and only then': async ({ store }, key) => {
    const token = tokenOf(await store.claim(key, long))
    await store.release(key, 'not-the-owner')
    assert.deepEqual(await store.claim(key, long), { status: 'in-flight' })
    await store.release(key, token)
    await store.release(key, token)
    tokenOf(await store.claim(key, { ...long, bodyHash: other }))
  },
  'does not free a committed idempotency key, nor claim it anew': async ({ store }, key) => {
    const token = tokenOf(await store.claim(key, long))
    await store.commit(key, token, retention)
    await store.release(key, token)
    assert.equal(await store.extend(key, token, long), false)
    assert.equal((await store.claim(key, long)).status, 'committed')
  },
  'does not free a committed idempotency key that has a result, nor claim it anew': async (
    { store },
    key,
  ) => {
    const token = tokenOf(await store.claim(key, long))
    await store.commit(key, token, { ...retention, result: '{}' })
    await store.release(key, token)
    assert.equal(await store.extend(key, token, long), false)
    assert.deepEqual(await store.claim(key, long), { status: 'committed', result: '{}' })
  },
  'frees an idempotency key when its lease is over': async ({ store, advance }, key) => {
    tokenOf(await store.claim(key, short))
    await advance(leaseMs + 100)
    tokenOf(await store.claim(key, { ...long, bodyHash: other }))
  },
  'makes a lease last when its owner extends it, and nobody else can': async ({ store, advance }, key) => {
    const token = tokenOf(await store.claim(key, short))
    assert.equal(await store.extend(key, 'not-the-owner', long), false)
    assert.equal(await store.extend(key, token, long), true)
    await advance(leaseMs + 100)
    assert.deepEqual(await store.claim(key, long), { status: 'in-flight' })
    assert.equal(await store.commit(key, token, retention), true)
  },
  'lets a late owner neither extend nor commit nor release, whether somebody took it since or not': async (
    { store, advance },
    key,
  ) => {
    const late = tokenOf(await store.claim(key, short))
    await advance(leaseMs + 100)
    assert.equal(await store.extend(key, late, long), false)
    assert.equal(await store.commit(key, late, retention), false)
    const token = tokenOf(await store.claim(key, long))
    assert.notEqual(token, late)
    assert.equal(await store.extend(key, late, long), false)
    assert.equal(await store.commit(key, late, retention), false)
    await store.release(key, late)
    assert.deepEqual(await store.claim(key, long), { status: 'in-flight' })
    assert.equal(await store.commit(key, token, retention), true)
  },
  'remembers a committed idempotency key for its retention, however short its lease was': async (
    { store, advance },
    key,
  ) => {
    await store.commit(key, tokenOf(await store.claim(key, short)), { retentionMs: 900 })
    await advance(600)
    assert.equal((await store.claim(key, long)).status, 'committed')
  },
  'answers full at its bound, and forgets no live idempotency key to make room': async (
    { store, fill },
    key,
  ) => {
    await store.commit(key, tokenOf(await store.claim(key, long)), retention)
    const undo = await fill()
    assert.deepEqual(await store.claim(`${key}2`, long), { status: 'full' })
    assert.notEqual((await store.claim(key, long)).status, 'claimed')
    await undo()
    assert.equal((await store.claim(key, long)).status, 'committed')
    tokenOf(await store.claim(`${key}2`, long))
  },
  'lets an owner commit, extend and release when it is full': async ({ store, fill }, key) => {
    const tokens = [tokenOf(await store.claim(key, long)), tokenOf(await store.claim(`${key}2`, long))]
    const undo = await fill()
    assert.equal(await store.extend(key, tokens[0] as string, long), true)
    assert.equal(await store.commit(key, tokens[0] as string, { ...retention, result: '{}' }), true)
    await store.release(`${key}2`, tokens[1] as string)
    await undo()
    assert.deepEqual(await store.claim(key, long), { status: 'committed', result: '{}' })
    tokenOf(await store.claim(`${key}2`, long))
  },
  'takes keys of any characters, and keeps those apart that look alike': async ({ store }, key) => {
    const keys = [
      '{',
      '}',
      '{}',
      'a:b',
      'a}b',
      '{a}b',
      ' ',
      '\u0000',
      'ñ',
      '𝄞',
      'x'.repeat(1_024),
      'constructor',
    ]
    for (const each of keys) {
      const token = tokenOf(await store.claim(key + each, long))
      await store.commit(key + each, token, retention)
    }
    for (const each of keys) assert.equal((await store.claim(key + each, long)).status, 'committed')
  },
}

function tokenOf(claim: Claim): string {
  assert.equal(claim.status, 'claimed')
  return (claim as { readonly token: string }).token
}

function bodyHash(): string {
  return random(32)
}

function random(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url')
}
