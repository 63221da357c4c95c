import { describe, expect, it } from 'vitest'
import { mailjet, mailjetEventNames } from '../src/mailjet/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const userAndPassword = 'mailjet:una-clave-larga-de-verdad'
const authorization = `Basic ${Buffer.from(userAndPassword).toString('base64')}`
const click = {
  event: 'click',
  time: 1433334653,
  MessageID: 1,
  email: 'a@example.org',
  url: 'https://example.org/1',
}

describe('mailjet', () => {
  it('knows the 7 events of its documents', () => {
    expect(mailjetEventNames).toHaveLength(7)
  })

  it('reads one event, and a list of them in which each is one', async () => {
    const { receiver, post } = receiverOf(mailjet(userAndPassword))
    const urls: string[] = []
    receiver.on('click', ({ payload }) => urls.push(payload.url))
    const other = { ...click, url: 'https://example.org/2' }
    expect(await post(JSON.stringify(click), { authorization })).toMatchObject({ kind: 'accepted' })
    const outcome = await post(JSON.stringify([click, other]), { authorization })
    expect(outcome).toMatchObject({ kind: 'accepted', ids: { length: 2 } })
    await receiver.onIdle()
    // Of one message, one second and one recipient: nothing but the link tells them apart.
    expect(urls).toEqual(['https://example.org/1', 'https://example.org/2'])
  })

  it('tells messages apart whose number is greater than JSON keeps', async () => {
    const { post, accepted } = receiverOf(mailjet(userAndPassword))
    for (const id of ['19421777396190490', '19421777396190491'])
      await post(`{"event":"sent","time":1433333949,"MessageID":${id}}`, { authorization })
    expect(accepted()).toEqual(['sent', 'sent'])
  })

  it('refuses another password', async () => {
    const { post } = receiverOf(mailjet(userAndPassword))
    const other = `Basic ${Buffer.from('mailjet:otra-clave-larga').toString('base64')}`
    expect(await post(JSON.stringify(click), { authorization: other })).toMatchObject({ status: 401 })
  })

  it('retries every 30 s for 24 h', () => {
    const delays = mailjet(userAndPassword).sending?.attemptDelaysMs ?? []
    expect(delays.slice(0, 3)).toEqual([0, 30_000, 30_000])
    expect(delays.reduce((sum, delayMs) => sum + delayMs, 0)).toBe(86_400_000)
  })

  it('sends a different event each time', async () => {
    const provider = mailjet(userAndPassword)
    const { post, accepted } = receiverOf(provider)
    await post(...(await sentBy(provider, 'bounce')))
    await post(...(await sentBy(provider, 'bounce')))
    expect(accepted()).toEqual(['bounce', 'bounce'])
  })

  it('throws without a password', () => {
    expect(() => mailjet(undefined)).toThrow(TypeError)
  })
})
