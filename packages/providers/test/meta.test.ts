import { describe, expect, it } from 'vitest'
import { type MetaEventName, meta, metaEventNames } from '../src/meta/index.ts'
import { mac, receiving, secret } from './support/latam.ts'

const provider = meta({ appSecret: () => secret, verifyToken: () => 'mi-token' })

/** A signed body. */
function signed(payload: unknown) {
  const body = JSON.stringify(payload)
  return { headers: { 'X-Hub-Signature-256': `sha256=${mac(body)}` }, body }
}

function whatsApp(...values: readonly object[]) {
  const changes = values.map((value) => ({ field: 'messages', value }))
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes }] }
}

function messenger(...kinds: readonly object[]) {
  const people = { sender: { id: 'PSID' }, recipient: { id: 'PAGE' }, timestamp: 1_458_692_752_478 }
  const messaging = kinds.map((kind) => ({ ...people, ...kind }))
  return { object: 'page', entry: [{ id: 'PAGE', time: 1, messaging }] }
}

/** The types that handlers get of a body. */
async function typesOf(...payloads: readonly object[]) {
  const { send, seen } = receiving(provider)
  for (const payload of payloads) expect((await send(signed(payload))).status).toBe(200)
  return seen.map(({ type }) => type)
}

describe('meta', () => {
  it('answers the challenge of a GET that repeats the verify token, and no other', async () => {
    const { send } = receiving(provider)
    const ask = (token: string, challenge = '1158201444') =>
      send({
        method: 'GET',
        query: `?hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${token}`,
      })
    const answer = await ask('mi-token')
    expect(await answer.text()).toBe('1158201444')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect((await ask('otro')).status).toBe(403)
    expect((await ask('mi-token', '%3Cscript%3E')).status).toBe(400)
  })

  it('takes messages and statuses of WhatsApp apart from each other, by their ids', async () => {
    const one = { messages: [{ id: 'wamid.A', text: { body: 'hola' } }] }
    const two = { messages: [{ id: 'wamid.A' }, { id: 'wamid.B' }] }
    const sent = { statuses: [{ id: 'wamid.C', status: 'sent' }] }
    const read = { statuses: [{ id: 'wamid.C', status: 'read' }] }
    const types = await typesOf(whatsApp(one, two, sent, read), whatsApp(sent), whatsApp(read, one))
    expect(types).toEqual(['message', 'message', 'status', 'status'])
  })

  it('names what has neither by its field', async () => {
    const errors = whatsApp({ errors: [{ code: 130429 }] })
    const update = {
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'account_update', value: { event: 'DISABLED_UPDATE' } }] }],
    }
    const comment = {
      object: 'instagram',
      entry: [{ id: '1', changes: [{ field: 'comments', value: { id: '9', text: 'hola' } }] }],
    }
    expect(await typesOf(errors, update, comment)).toEqual(['messages', 'account_update', 'comments'])
  })

  it('does not take messages of a history, or of a field of its own, for messages of now', async () => {
    const value = { messages: [{ id: 'wamid.OLD' }] }
    const history = {
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'history', value }] }],
    }
    expect(await typesOf(history)).toEqual(['history'])
  })

  it.each<[MetaEventName, object]>([
    ['message', { message: { mid: 'm_1', text: 'hola' } }],
    ['message', { message: { mid: 'm_1', text: 'hola', is_echo: false } }],
    ['message_echoes', { message: { mid: 'm_1', text: 'hola', is_echo: true } }],
    ['message_edits', { message_edit: { mid: 'm_1', text: 'adiós', num_edit: 1 } }],
    ['messaging_postbacks', { postback: { mid: 'm_2', title: 'Empezar', payload: 'EMPEZAR' } }],
    ['message_reactions', { reaction: { mid: 'm_1', action: 'react', emoji: '❤' } }],
    ['message_deliveries', { delivery: { mids: ['m_1'], watermark: 1_458_668_856_253 } }],
    ['message_reads', { read: { watermark: 1_458_668_856_253 } }],
    ['messaging_seen', { read: { mid: 'm_1' } }],
    ['messaging_optins', { optin: { type: 'notification_messages', payload: 'x' } }],
    ['messaging_optins', { optin: { ref: 'x' } }],
    ['messaging_referrals', { referral: { source: 'SHORTLINK', type: 'OPEN_THREAD' } }],
    ['messaging_handovers', { pass_thread_control: { new_owner_app_id: '123' } }],
    ['messaging_handovers', { take_thread_control: { previous_owner_app_id: 123 } }],
    ['messaging_account_linking', { account_linking: { status: 'linked' } }],
    ['messaging_policy_enforcement', { policy_enforcement: { action: 'block', reason: 'x' } }],
    ['messaging_feedback', { messaging_feedback: { feedback_screens: [{ screen_id: 0 }] } }],
    ['messaging', { something_new: {} }],
  ])('names %s of Messenger and Instagram: %o', async (type, kind) => {
    expect(await typesOf(messenger(kind))).toEqual([type])
  })

  it('knows a message of Messenger by its id, and what has none by its content', async () => {
    const message = { message: { mid: 'm_1', text: 'hola' } }
    const read = { read: { watermark: 1 } }
    const later = { read: { watermark: 2 } }
    expect(await typesOf(messenger(message, read), messenger(read, message, later))).toEqual([
      'message',
      'message_reads',
      'message_reads',
    ])
  })

  it('hands on a body that it cannot take apart as one event, by what it is of', async () => {
    expect(await typesOf({ object: 'page', entry: [{ id: 'PAGE', news: [1] }] })).toEqual(['page'])
  })

  it('tells what is of threads of another app from messages, in one body too', async () => {
    const message = { sender: { id: '1' }, message: { mid: 'm_2', text: 'hola' } }
    const standby = [{ sender: { id: '1' }, message: { mid: 'm_1' } }]
    const both = { object: 'page', entry: [{ messaging: [message] }, { standby }] }
    expect(await typesOf(both)).toEqual(['message', 'standby'])
  })

  it('lists every name once', () => {
    expect(new Set(metaEventNames).size).toBe(metaEventNames.length)
  })

  it('sends another message at another time, in the batch that each kind comes in', async () => {
    const { sending } = provider
    const samples = Object.entries((await sending?.samples()) ?? {})
    expect(samples).toHaveLength(5)
    for (const [type, payload] of samples) {
      const { send, seen } = receiving(provider)
      for (const at of [1_795_633_156_000, 1_795_633_157_000]) {
        const stamped = sending?.stamp?.({ ...payload }, new Date(at)) ?? {}
        const { body = '' } = sending?.encode?.(stamped) ?? {}
        expect((await send({ headers: { 'X-Hub-Signature-256': `sha256=${mac(body)}` }, body })).status).toBe(
          200,
        )
      }
      expect(seen.map((event) => event.type)).toEqual([type, type])
    }
  })

  it.each([
    [{ appSecret: undefined, verifyToken: 'mi-token' }, TypeError],
    [{ appSecret: secret, verifyToken: undefined }, 'meta verifyToken must be the text'],
    [{ appSecret: secret, verifyToken: 'corto' }, 'meta verifyToken must be the text'],
    [{ appSecret: secret, verifyToken: 'mi-token', secret }, "meta options has no option 'secret'"],
    [undefined, 'meta options must be an object'],
  ])('throws at once on options that are missing, unknown or too short', (options, error) => {
    expect(() => meta(options as never)).toThrow(error)
  })
})
