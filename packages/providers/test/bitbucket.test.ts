import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bitbucket } from '../src/bitbucket/index.ts'
import { bench, secret, stamped, verdict } from './support/payments.ts'

const push = { repository: { uuid: '{a}', full_name: 'team/repo' }, push: { changes: [] } }

describe('bitbucket', () => {
  it('takes SHA-256 under the name that others use for SHA-1', async () => {
    const { post, events } = bench(bitbucket(secret))
    const body = JSON.stringify(push)
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    const headers = { 'X-Event-Key': 'repo:push', 'X-Hub-Signature': signature, 'X-Attempt-Number': '2' }
    expect(verdict(await post(body, headers))).toBe('accepted')
    expect(await events()).toMatchObject([{ type: 'repo:push', unsigned: { 'x-attempt-number': '2' } }])
  })

  it("believes the signed key of Data Center, and not the header's", async () => {
    const { send, events } = bench(bitbucket(secret))
    const payload = { eventKey: 'pr:opened', pullRequest: { id: 1 } }
    await send({ payload, headers: { 'x-event-key': 'pr:deleted' } })
    expect((await events()).map(({ type }) => type)).toEqual(['pr:opened'])
  })

  it('never runs a captured body again under another key', async () => {
    const { send, events } = bench(bitbucket(secret))
    await send({ payload: push, headers: { 'x-event-key': 'repo:push' } })
    await send({ payload: push, headers: { 'x-event-key': 'repo:deleted' } })
    expect((await events()).map(({ type }) => type)).toEqual(['repo:push'])
  })

  it('hands on every sample', async () => {
    const provider = bitbucket(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload, headers] of samples) await send({ payload, headers })
    expect((await events()).map(({ type }) => type)).toEqual(samples.map(([event]) => event))
  })
})
