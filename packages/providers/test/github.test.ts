import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { github, githubEventNames } from '../src/github/index.ts'
import { receiverOf, requestOf, sentBy } from './support/inbound.ts'

const secret = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'

function signed(body: string, event: string, others: Record<string, string> = {}) {
  const mac = createHmac('sha256', secret).update(body).digest('hex')
  return {
    'Content-Type': 'application/json',
    'X-GitHub-Event': event,
    'X-Hub-Signature-256': `sha256=${mac}`,
    ...others,
  }
}

describe('github', () => {
  it('verifies the example of its documents', () => {
    const { scheme } = github("It's a Secret to Everybody")
    const headers = {
      'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    }
    expect(scheme.verify(requestOf('Hello, World!', headers))).toEqual({ keyId: 'default' })
    expect(scheme.verify(requestOf('Hello, World?', headers))).toEqual({ code: 'signature-mismatch' })
  })

  it('does not take the SHA-1 of X-Hub-Signature', async () => {
    const body = '{"zen":"Design for failure."}'
    const mac = createHmac('sha1', secret).update(body).digest('hex')
    const { post } = receiverOf(github(secret))
    const headers = { 'X-GitHub-Event': 'ping', 'X-Hub-Signature': `sha1=${mac}` }
    expect(await post(body, headers)).toMatchObject({ kind: 'rejected', status: 401 })
  })

  it('knows 83 names, each once, ping among them', () => {
    expect(githubEventNames).toHaveLength(83)
    expect(new Set(githubEventNames).size).toBe(83)
    expect(githubEventNames).toContain('ping')
  })

  it('reads a push as JSON and as a form', async () => {
    const { receiver, post } = receiverOf(github(secret))
    const refs: string[] = []
    receiver.on('push', ({ payload }) => refs.push(payload.ref))
    const json = '{"ref":"refs/heads/main","commits":[]}'
    const form = `payload=${encodeURIComponent('{"ref":"refs/heads/form","commits":[]}')}`
    expect(await post(json, signed(json, 'push'))).toMatchObject({ kind: 'accepted' })
    const asForm = signed(form, 'push', { 'Content-Type': 'application/x-www-form-urlencoded' })
    expect(await post(form, asForm)).toMatchObject({ kind: 'accepted' })
    await receiver.onIdle()
    expect(refs).toEqual(['refs/heads/main', 'refs/heads/form'])
  })

  it('takes one body under any other name, and any other delivery id, for the event that it was', async () => {
    const { post, accepted } = receiverOf(github(secret))
    const body = '{"ref":"refs/heads/main","after":"b"}'
    await post(body, signed(body, 'push', { 'X-GitHub-Delivery': 'first' }))
    await post(body, signed(body, 'push', { 'X-GitHub-Delivery': 'again' }))
    await post(body, signed(body, 'issues', { 'X-GitHub-Delivery': 'other' }))
    expect(accepted()).toEqual(['push'])
  })

  it('sends a different event each time, whose delivery id handlers see as unsigned', async () => {
    const provider = github(secret)
    const { post, accepted } = receiverOf(provider)
    const [body, headers] = await sentBy(provider, 'pull_request', new Date(1_000))
    await post(body, headers)
    await post(...(await sentBy(provider, 'pull_request', new Date(2_000))))
    expect(accepted()).toEqual(['pull_request', 'pull_request'])
    expect(headers['x-github-delivery']).toMatch(/^[0-9a-f-]{36}$/)
    expect(provider.expose).toContain('X-GitHub-Delivery')
  })

  it('throws without a secret', () => {
    expect(() => github(undefined)).toThrow(TypeError)
  })
})
