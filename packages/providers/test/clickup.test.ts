import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { clickup, clickupEventNames } from '../src/clickup/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const secret = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'

function signed(payload: object): readonly [string, Record<string, string>] {
  const body = JSON.stringify(payload)
  return [body, { 'X-Signature': createHmac('sha256', secret).update(body).digest('hex') }]
}

const task = { task_id: '1vj38vv', webhook_id: '7fa3ec74' }
const change = { id: '28006', date: '1642734631523', field: 'status' }

describe('clickup', () => {
  it('knows the 28 events of its documents', () => {
    expect(clickupEventNames).toHaveLength(28)
    expect(new Set(clickupEventNames).size).toBe(28)
  })

  it('tells the two events of one change apart, and a retry from neither', async () => {
    const { post, accepted } = receiverOf(clickup(secret))
    const created = signed({ event: 'taskCreated', ...task, history_items: [change] })
    await post(...created)
    await post(...signed({ event: 'taskStatusUpdated', ...task, history_items: [change] }))
    expect(await post(...created)).toMatchObject({ kind: 'duplicate' })
    expect(accepted()).toEqual(['taskCreated', 'taskStatusUpdated'])
  })

  it('takes an event without a change by its body', async () => {
    const { post } = receiverOf(clickup(secret))
    const deleted = { event: 'taskDeleted', ...task }
    expect(await post(...signed(deleted))).toMatchObject({ kind: 'accepted' })
    expect(await post(...signed(deleted))).toMatchObject({ kind: 'duplicate' })
    expect(await post(...signed({ ...deleted, task_id: 'other' }))).toMatchObject({ kind: 'accepted' })
  })

  it('sends a different change each time', async () => {
    const provider = clickup(secret)
    const { post, accepted } = receiverOf(provider)
    await post(...(await sentBy(provider, 'taskUpdated', new Date(1_000))))
    await post(...(await sentBy(provider, 'taskUpdated', new Date(2_000))))
    expect(accepted()).toEqual(['taskUpdated', 'taskUpdated'])
  })

  it('throws without a secret', () => {
    expect(() => clickup(undefined)).toThrow(TypeError)
  })
})
