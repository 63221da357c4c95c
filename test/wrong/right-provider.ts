import { createHmac } from 'node:crypto'
import {
  defineProvider,
  hmac,
  type Provider,
  type Scheme,
  type Secrets,
  type WebhookRequest,
} from '@acuse/core'

/** A provider that has everything that its suite looks at. */
export function rightProvider(secret: Secrets): Provider<object> {
  return defineProvider<object>({
    name: 'right',
    path: '/webhooks/right',
    scheme: rightScheme(secret),
    events: ['order.paid', 'order.sent'] as never,
    bodies: { 'application/json': 'json' },
    items: 'events.*',
    time: { of: 'attempt', value: time, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }] }],
    volatile: ['attempt'],
    expose: ['x-delivery'],
    handshakes: [
      {
        method: 'GET',
        when: { query: 'mode', is: 'subscribe' },
        proof: { equals: { query: 'token' }, secret: 'a-token-of-ours' },
        answer: { text: { query: 'challenge', as: 'token' } },
      },
      {
        method: 'POST',
        when: { body: 'ping', exists: true },
        proof: 'scheme',
        answer: {
          status: 201,
          json: { pong: ping, mac: { mac: ping }, by: 'us' },
          headers: { 'x-pong': ping },
        },
      },
      {
        method: 'HEAD',
        proof: { equals: { header: 'x-token' }, secret: 'a-token-of-ours' },
        answer: { status: 204 },
      },
      { method: 'OPTIONS', proof: 'none', when: { header: 'x-asks', exists: true }, answer: {}, tell: asks },
    ],
    limits: { retriesForMs: 3_600_000 },
    sending: {
      attemptDelaysMs: [0, 60_000],
      timeoutMs: 5_000,
      samples: async () => ({
        'order.paid': { type: 'order.paid', id: 'e', user: 'u-1', total: 990, attempt: 1 },
        'order.sent': { type: 'order.sent', id: 's', user: 'u-1', attempt: 1 },
      }),
      stamp: (payload, at) => ({ ...payload, id: `${payload['id']}-${at.getTime()}` }),
      headers: (payload) => ({ 'X-Delivery': crypto.randomUUID(), 'X-Type': String(payload['type']) }),
      query: () => ({ account: 'a-1', from: 'acme' }),
      encode: (payload) => ({ mediaType: 'application/json', body: JSON.stringify({ events: [payload] }) }),
    },
  })
}

const time = { header: 'x-time', as: 'unix-seconds' } as const
const ping = { body: 'ping', as: 'id' } as const
const asks = { header: 'x-asks', as: 'token' } as const

function rightScheme(secret: Secrets): Scheme {
  const account = { query: 'account', as: 'id' } as const
  const signs = [time, { text: '.' }, account, { text: '.' }, { raw: 'body' }] as const
  return hmac({ header: 'x-signature', prefix: 'v1=', secret, signs })
}

/** The provider with some of its data replaced. */
export function changedProvider(
  change: (right: Provider<object>) => Partial<Provider<object>>,
): (secret: Secrets) => Provider<object> {
  return (secret) => {
    const right = rightProvider(secret)
    return { ...right, ...change(right) }
  }
}

/** The provider with another `verify`, as a scheme by hand may have it. */
export function wronglyVerified(
  verify: (request: WebhookRequest, right: Scheme, secret: string) => boolean,
  changes: Partial<Scheme> = {},
): (secret: Secrets) => Provider<object> {
  return (secret) => {
    const right = rightProvider(secret)
    const { scheme } = right
    const wrong: Scheme = {
      ...scheme,
      ...changes,
      verify: (request) =>
        verify(request, scheme, String([secret].flat()[0]))
          ? { keyId: 'default' }
          : { code: 'signature-mismatch' },
    }
    return { ...right, scheme: wrong }
  }
}

/** What `rightProvider` signs, by hand, of as much of the body as is given. */
export function signatureOf(
  request: WebhookRequest,
  secret: string,
  body: Uint8Array = request.body,
): string {
  const parameters = new URLSearchParams(request.url.split('?')[1])
  const mac = createHmac('sha256', secret)
  mac.update(`${first(request, 'x-time')}.${parameters.get('account')}.`).update(body)
  return `v1=${mac.digest('hex')}`
}

/** The first value of a header, as a careless reader takes it. */
export function first({ headers }: WebhookRequest, name: string): string {
  return headers.values(name)[0] ?? ''
}
