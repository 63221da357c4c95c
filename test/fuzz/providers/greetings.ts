import { createHmac } from 'node:crypto'
import type { Random } from '../random.ts'
import { grammar, headersOf, jsonOf, only, type ProviderDraft, parametersOf, textAt } from './seen.ts'
import { emptyAnswer, type Greetings, jsonAnswer, jsonGreeting } from './sender.ts'

/** A validation of the address by HEAD. */
export const headGreeting: Greetings = {
  isProven: false,
  make: (_, draft) => ({ ...draft, method: 'HEAD', body: Buffer.alloc(0) }),
  answer: ({ method }) => (method === 'HEAD' ? emptyAnswer(200) : undefined),
}

/** `hub.challenge`: told back as text, to who has the token. */
export function challengeOf(verifyToken: string): Greetings {
  return {
    isProven: false,
    make(random, draft) {
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.challenge': random.bytes(8).toString('hex'),
        'hub.verify_token': verifyToken,
      })
      return { ...draft, method: 'GET', url: `${draft.url}?${query}`, body: Buffer.alloc(0) }
    },
    answer(draft) {
      if (draft.method !== 'GET' || only(parametersOf(draft, 'hub.mode'), /^subscribe$/) === undefined)
        return undefined
      if (only(parametersOf(draft, 'hub.verify_token'), /^/) !== verifyToken) return 'forbidden'
      const challenge = only(parametersOf(draft, 'hub.challenge'), grammar.token)
      if (challenge === undefined) return undefined
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
      return { status: 200, headers, body: challenge }
    },
  }
}

/** A token that is told to the operator, by anybody. */
export const notionGreeting: Greetings = {
  isProven: false,
  make: (random, draft) =>
    jsonGreeting(draft, { verification_token: `secret_${random.bytes(20).toString('hex')}` }),
  answer(draft) {
    const { method } = draft
    const token = textAt(jsonOf(draft), 'verification_token')
    const isRight = token !== undefined && grammar.token.test(token)
    return method === 'POST' && headersOf(draft, 'x-notion-signature').length === 0 && isRight
      ? emptyAnswer(200)
      : undefined
  },
}

/** Permission for an origin, by OPTIONS, and perhaps the code of Event Grid. */
export const originGreeting: Greetings = {
  isProven: false,
  make: (random, draft) => ({
    ...draft,
    method: 'OPTIONS',
    headers: [...draft.headers, ['WebHook-Request-Origin', `${random.bytes(4).toString('hex')}.example.net`]],
    body: Buffer.alloc(0),
  }),
  answer(draft) {
    const origin = only(headersOf(draft, 'webhook-request-origin'), grammar.token)
    if (draft.method !== 'OPTIONS' || origin === undefined) return undefined
    const headers = { allow: 'POST', 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' }
    return emptyAnswer(200, headers)
  },
}

/** The code of an event of validation, or permission by OPTIONS. */
export const gridGreeting: Greetings = {
  isProven: true,
  make(random, draft) {
    if (random.chance(0.3)) return originGreeting.make(random, draft)
    const eventType = 'Microsoft.EventGrid.SubscriptionValidationEvent'
    return jsonGreeting(draft, [
      { id: '1', eventType, data: { validationCode: random.bytes(8).toString('hex') } },
    ])
  },
  answer(draft) {
    if (draft.method !== 'POST') return originGreeting.answer(draft)
    const payload = jsonOf(draft)
    const isAlone = Array.isArray(payload) && payload.length === 1
    const isMeant =
      isAlone && textAt(payload, 0, 'eventType') === 'Microsoft.EventGrid.SubscriptionValidationEvent'
    const code = isMeant ? textAt(payload, 0, 'data', 'validationCode') : undefined
    return code !== undefined && grammar.token.test(code)
      ? jsonAnswer({ validationResponse: code })
      : undefined
  },
}

/** Both kinds of PING. */
export const pingGreeting: Greetings = {
  isProven: true,
  make: (random, draft) => jsonGreeting(draft, { version: 1, application_id: '2', type: random.below(2) }),
  answer(draft) {
    const payload = jsonOf(draft)
    const type = textAt(payload, 'type')
    if (draft.method !== 'POST') return undefined
    if (type === '1' && !hasEventType(payload)) return jsonAnswer({ type: 1 })
    return type === '0' ? emptyAnswer(204, { 'content-type': 'application/json' }) : undefined
  },
}

function hasEventType(payload: unknown): boolean {
  return Object.hasOwn(Object(Object(payload).event), 'type')
}

/** `url_verification`, and a check of the certificate. */
export const slackGreeting: Greetings = {
  isProven: true,
  make(random, draft) {
    if (random.chance(0.7))
      return jsonGreeting(draft, { type: 'url_verification', challenge: random.bytes(20).toString('hex') })
    const headers = [
      ...draft.headers,
      ['Content-Type', 'application/x-www-form-urlencoded'] as [string, string],
    ]
    return { ...draft, headers, body: Buffer.from('token=x&ssl_check=1') }
  },
  answer(draft) {
    const payload = slackPayload(draft)
    if (draft.method !== 'POST') return undefined
    const challenge = textAt(payload, 'challenge')
    if (textAt(payload, 'type') === 'url_verification')
      return challenge !== undefined && grammar.token.test(challenge) ? jsonAnswer({ challenge }) : undefined
    return textAt(payload, 'ssl_check') === '1' ? emptyAnswer(200) : undefined
  },
}

/** JSON, a form, or JSON in a field of a form. */
function slackPayload(draft: ProviderDraft): unknown {
  const [type = ''] = headersOf(draft, 'content-type').join(',').split(';', 1)
  if (type.trim().toLowerCase() === 'application/json') return jsonOf(draft)
  const fields = new URLSearchParams(draft.body.toString())
  const [inner, another] = fields.getAll('payload')
  if (inner !== undefined && another === undefined) return jsonOf({ body: Buffer.from(inner) })
  const names = [...new Set(fields.keys())]
  return Object.fromEntries(
    names.map((name) => [name, only(fields.getAll(name), /^/) ?? fields.getAll(name)]),
  )
}

/** A text whose MAC is asked for, which can be no part of a signed request. */
export function validationOf(secret: string): Greetings {
  return {
    isProven: true,
    make: (random: Random, draft) =>
      jsonGreeting(draft, {
        event: 'endpoint.url_validation',
        payload: { plainToken: random.bytes(12).toString('hex') },
      }),
    answer(draft) {
      const payload = jsonOf(draft)
      const plainToken = textAt(payload, 'payload', 'plainToken')
      const isMeant = draft.method === 'POST' && textAt(payload, 'event') === 'endpoint.url_validation'
      if (!isMeant || plainToken === undefined || !grammar.id.test(plainToken)) return undefined
      const encryptedToken = createHmac('sha256', secret).update(plainToken).digest('hex')
      return jsonAnswer({ plainToken, encryptedToken })
    },
  }
}
