import { describe, expect, it } from 'vitest'
import { type GitlabOptions, gitlab, gitlabEventNames } from '../src/gitlab/index.ts'
import { bench, now, secret, stamped, verdict } from './support/payments.ts'

/** The vector of the Standard Webhooks libraries, whose scheme GitLab has. */
const vector = {
  signingToken: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  body: '{"test": 2432232314}',
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
}
const { signingToken } = vector
const push = { object_kind: 'push', ref: 'refs/heads/main' }

describe('gitlab with a signing token', () => {
  it('verifies the vector of Standard Webhooks', async () => {
    const at = Number(vector.headers['webhook-timestamp']) * 1000
    const clock = { now: () => at, monotonic: () => performance.now(), schedule: () => () => {} }
    const { post } = bench(gitlab({ signingToken }), { clock })
    // Proven, and no event of GitLab.
    expect(verdict(await post(vector.body, vector.headers))).toBe('envelope-invalid')
    expect(verdict(await post(`${vector.body} `, vector.headers))).toBe('signature-mismatch')
  })

  it('hands on every sample, under its kind or its name', async () => {
    const provider = gitlab({ signingToken })
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    const timestamp = { 'webhook-timestamp': String(Math.floor(now / 1000)) }
    for (const [event, payload, { 'webhook-id': id = '' }] of samples)
      await send({ payload, headers: { ...timestamp, 'webhook-id': `${id}-${event}` } })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
    expect(new Set(gitlabEventNames).size).toBe(gitlabEventNames.length)
  })

  it('tells a retry by the signed id', async () => {
    const { send } = bench(gitlab({ signingToken }))
    const headersAt = (id: string) => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now / 1000)),
    })
    expect(verdict(await send({ payload: push, headers: headersAt('a') }))).toBe('accepted')
    expect(verdict(await send({ payload: push, headers: headersAt('a') }))).toBe('duplicate')
    expect(verdict(await send({ payload: push, headers: headersAt('b') }))).toBe('accepted')
  })
})

describe('gitlab with a secret token', () => {
  const { 'X-Gitlab-Token': token, ...none } = { 'X-Gitlab-Token': secret }

  it('takes the token itself, and tells a retry by the idempotency key', async () => {
    const { post } = bench(gitlab({ secretToken: secret }))
    const body = JSON.stringify(push)
    expect(verdict(await post(body, none))).toBe('header-missing')
    expect(verdict(await post(body, { 'X-Gitlab-Token': `${token}x` }))).toBe('signature-mismatch')
    const keyed = (key: string) => ({ 'X-Gitlab-Token': token, 'Idempotency-Key': key })
    expect(verdict(await post(body, keyed('a')))).toBe('accepted')
    expect(verdict(await post(body, keyed('a')))).toBe('duplicate')
    expect(verdict(await post(body, keyed('b')))).toBe('accepted')
  })

  it('tells a retry by the body where an old GitLab sends no key', async () => {
    const { post } = bench(gitlab({ secretToken: secret }))
    const headers = { 'X-Gitlab-Token': token }
    expect(verdict(await post(JSON.stringify(push), headers))).toBe('accepted')
    expect(verdict(await post(JSON.stringify(push), headers))).toBe('duplicate')
  })

  it('sends the idempotency key alone', async () => {
    const [first] = await stamped(gitlab({ secretToken: secret }))
    expect(Object.keys(first?.[2] ?? {})).toEqual(['idempotency-key'])
  })
})

describe('gitlab', () => {
  it('throws unless exactly one token is given', () => {
    expect(() => gitlab({} as GitlabOptions)).toThrow(/exactly one/)
    const both = { signingToken, secretToken: secret } as unknown as GitlabOptions
    expect(() => gitlab(both)).toThrow(/exactly one/)
    expect(() => gitlab({ token: secret } as unknown as GitlabOptions)).toThrow(/no option/)
    expect(() => gitlab({ signingToken: undefined })).toThrow(TypeError)
    expect(() => gitlab({ secretToken: undefined })).toThrow(TypeError)
  })
})
