import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { notion, notionEventNames } from '../src/notion/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const token = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl'
const handshake = JSON.stringify({ verification_token: token })

function signed(payload: object): readonly [string, Record<string, string>] {
  const body = JSON.stringify(payload)
  const mac = createHmac('sha256', token).update(body).digest('hex')
  return [body, { 'X-Notion-Signature': `sha256=${mac}` }]
}

describe('notion', () => {
  it('knows the 31 events of its documents', () => {
    expect(notionEventNames).toHaveLength(31)
    expect(new Set(notionEventNames).size).toBe(31)
  })

  it('answers the first request and tells its token, before there is a secret', async () => {
    const { post, observations } = receiverOf(notion(() => undefined))
    expect(await post(handshake, {})).toMatchObject({ kind: 'answered', status: 200, body: '' })
    expect(observations).toEqual([{ type: 'handshake', provider: 'notion', method: 'POST', told: token }])
    expect(await post(...signed({ id: 'e1', type: 'page.created' }))).toMatchObject({ status: 503 })
  })

  it('tells nobody what is no token', async () => {
    const { post, observations } = receiverOf(notion(token))
    const outcome = await post('{"verification_token":"<b>see https://example.org</b>"}', {})
    expect(outcome).toMatchObject({ kind: 'rejected' })
    expect(observations).toMatchObject([{ type: 'rejected' }])
  })

  it('takes a signed body with a verification_token for an event', async () => {
    const { post, observations } = receiverOf(notion(token))
    await post(...signed({ id: 'e1', type: 'page.created', verification_token: 'x' }))
    expect(observations).toMatchObject([{ type: 'accepted', event: 'page.created' }])
  })

  it('takes attempts whose counter differs for one event', async () => {
    const { post } = receiverOf(notion(token))
    const event = { id: 'e1', type: 'page.created', attempt_number: 1 }
    expect(await post(...signed(event))).toMatchObject({ kind: 'accepted' })
    expect(await post(...signed({ ...event, attempt_number: 2 }))).toMatchObject({ kind: 'duplicate' })
  })

  it('sends a different event each time', async () => {
    const provider = notion(token)
    const { post, accepted } = receiverOf(provider)
    await post(...(await sentBy(provider, 'comment.created')))
    await post(...(await sentBy(provider, 'comment.created')))
    expect(accepted()).toEqual(['comment.created', 'comment.created'])
  })

  it('throws without a token', () => {
    expect(() => notion(undefined)).toThrow(TypeError)
  })
})
