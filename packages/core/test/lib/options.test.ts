import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  apiKey,
  createReceiver,
  defineProvider,
  ed25519,
  explain,
  fallbackInbox,
  hmac,
  lruDedupe,
  memoryInbox,
  rsa,
  toFetchHandler,
} from '../../src/index.ts'
import { toLambdaHandler } from '../../src/lambda.ts'
import { reconcile } from '../../src/reconcile.ts'
import { ecdsa } from '../../src/schemes/ecdsa.ts'
import { fetchedKey } from '../../src/schemes/fetched-key.ts'
import { jwks } from '../../src/schemes/jwks.ts'
import { acme, bench, paid, secret, signed } from '../support/acme.ts'
import {
  describeFactories,
  type Factories,
  type Fine,
  options,
  receiverOptions,
} from '../support/factories.ts'

const small = () => memoryInbox({ maxIdempotencyKeys: 10 })

const inHandled = options('dedupe leaseMs respond concurrency')
const ofProvider = options(
  'name path scheme events time bodies items eventRules envelope expose thin handshakes answers volatile repeats tenantOf limits warnings sending',
)
const sending = {
  attemptDelaysMs: [0],
  timeoutMs: 1_000,
  samples: () => expect.unreachable(),
  stamp: () => expect.unreachable(),
}
const sandbox = { accounts: { '1-9': 'fails' }, apply: () => expect.unreachable() }
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const edKeys = generateKeyPairSync('ed25519')
const ecKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const factories: Factories = {
  createReceiver: [
    receiverOptions,
    (option) => createReceiver(acme(), { inbox: small(), ...option } as never),
    inHandled,
  ],
  "createReceiver with ack: 'handled'": [
    inHandled,
    (option) =>
      createReceiver(acme(), { ack: 'handled', dedupe: lruDedupe({ maxEntries: 9 }), ...option } as never),
    receiverOptions,
  ],
  tolerance: [
    options('pastMs futureMs'),
    (tolerance) => createReceiver(acme(), { inbox: small(), tolerance }),
  ],
  retry: [
    options('attempts crashes minDelayMs maxDelayMs'),
    (retry) => createReceiver(acme(), { inbox: small(), retry }),
  ],
  memoryInbox: [
    options('dedupe maxIdempotencyKeys maxDeliveries maxBytes maxDeadLetters clock random'),
    (option) => memoryInbox(option),
  ],
  lruDedupe: [options('maxEntries clock'), (option) => lruDedupe(option)],
  fallbackInbox: [options('primaryTimeoutMs clock'), (option) => fallbackInbox(small(), small(), option)],
  hmac: [
    options('secret secretEncoding header numberedHeader bodyField hash encoding prefix separator signs'),
    (option) => hmac({ secret, header: 'x-a', ...option }),
  ],
  rsa: [
    options(
      'publicKey privateKey header numberedHeader bodyField hash padding saltLength prefix separator signs',
    ),
    (option) =>
      rsa({
        header: 'x-a',
        ...('privateKey' in option ? {} : { publicKey: rsaKeys.publicKey }),
        ...option,
      } as never),
  ],
  ed25519: [
    options('publicKey privateKey header numberedHeader bodyField encoding prefix separator signs'),
    (option) =>
      ed25519({
        header: 'x-a',
        ...('privateKey' in option ? {} : { publicKey: edKeys.publicKey }),
        ...option,
      } as never),
  ],
  ecdsa: [
    options(
      'publicKey privateKey header numberedHeader bodyField format hash encoding prefix separator signs',
    ),
    (option) =>
      ecdsa({ header: 'x-a', ...('privateKey' in option ? {} : { publicKey: ecKeys.publicKey }), ...option }),
  ],
  fetchedKey: [
    options('at hosts path fetch'),
    (option) => fetchedKey({ at: { header: 'x-a' }, hosts: 'a\\.example\\.cl', path: '/k', ...option }),
  ],
  jwks: [
    options('url kid fetch'),
    (option) => jwks({ url: 'https://a.example.cl/jwks.json', kid: { header: 'x-a' }, ...option }),
  ],
  apiKey: [options('key header format query'), (option) => apiKey({ key: secret, ...option })],
  'signs[]': [
    options('header as lower optional before after'),
    (option) => hmac({ secret, header: 'x-a', signs: [{ header: 'x-b', as: 'id', ...option }] }),
  ],
  toFetchHandler: [
    options('clientAddress waitUntil'),
    (option) => toFetchHandler(bench({ inbox: small() }).receiver, option),
  ],
  toLambdaHandler: [
    options('clientAddress'),
    (option) => toLambdaHandler(bench({ inbox: small() }).receiver, option),
  ],
  explain: [options('others tolerance clock'), (option) => explain(signed(paid), acme(), option as never)],
  reconcile: [
    options('list everyMs overlapMs lookBackMs timeoutMs tenant'),
    (option) =>
      reconcile(bench({ inbox: small() }).receiver, { list: async () => ({ items: [] }), ...option }),
  ],
  'a handler': [
    options('name'),
    (option) => bench({ inbox: small() }).receiver.on('order.paid', () => {}, option as never),
  ],
  defineProvider: [ofProvider, (option) => defineProvider({ ...acme(), ...option } as never)],
  'a provider that nobody defined': [
    options('name path scheme envelope'),
    (option) => createReceiver({ ...acme(), ...option } as never, { inbox: small() }),
    ofProvider,
  ],
  'provider.time': [
    options('of format required signed value'),
    (option) => acme({ time: { of: 'event', format: 'rfc3339', required: true, signed: true, ...option } }),
  ],
  'provider.sending': [
    options('attemptDelaysMs timeoutMs samples stamp headers query encode respectsRetryAfter sandbox'),
    (option) => acme({ sending: { ...sending, ...option } }),
  ],
  'provider.sending.sandbox': [
    options('accounts apply'),
    (option) => acme({ sending: { ...sending, sandbox: { ...sandbox, ...option } } }),
  ],
  'provider.warnings[]': [
    options('code message'),
    (option) => acme({ warnings: [{ code: 'ACME', message: 'told once', ...option }] }),
  ],
  'provider.limits': [options('retriesForMs maxBodyBytes ackTimeoutMs'), (limits) => acme({ limits })],
}

/** Values that an option does take, by its name. */
const fine: Fine = {
  work: ['true'],
  required: ['true'],
  signed: ['true'],
  path: [],
  on: ['an empty object', 'a date'],
  respond: ['an empty object', 'a date'],
  onUnknown: ['a function'],
  observer: ['a function', 'a list'],
  orderingKey: ['a function'],
  list: ['a function'],
  tenant: ['text of a number'],
  random: ['a function'],
  secret: ['a function'],
  publicKey: ['a function'],
  lower: ['true'],
  optional: ['true'],
  before: ['text of a number', 'empty text'],
  after: ['text of a number', 'empty text'],
  key: ['a function'],
  fetch: ['a function'],
  hosts: ['text of a number'],
  'fetchedKey.path': ['text of a number'],
  'apiKey.query': ['text of a number'],
  clientAddress: ['a function'],
  waitUntil: ['a function'],
  envelope: ['a function'],
  tenantOf: ['a function', 'text of a number'],
  tolerance: ['an empty object', 'a date'],
  retry: ['an empty object', 'a date'],
  others: ['an empty object', 'a date'],
  events: ['an empty object', 'a date'],
  repeats: ['an empty object', 'a date'],
  limits: ['an empty object', 'a date'],
  samples: ['a function'],
  stamp: ['a function'],
  'provider.sending.headers': ['a function'],
  respectsRetryAfter: ['true'],
  apply: ['a function'],
  accounts: ['a date'],
  code: ['text of a number', 'empty text'],
  message: ['text of a number', 'empty text'],
  keepHeaders: ['a list'],
  signs: ['a list'],
  volatile: ['a list'],
  expose: ['a list'],
  handshakes: ['a list'],
  answers: ['an empty object', 'a date'],
  items: ['a list', 'empty text'],
  query: ['a function'],
  encode: ['a function'],
  warnings: ['a list'],
  prefix: ['text of a number', 'empty text'],
  header: ['text of a number'],
  name: ['text of a number'],
}

describeFactories(factories, fine)

describe('options that belong together', () => {
  it('on takes handlers by pattern, and no function', () => {
    const on = (() => {}) as never
    expect(() => bench({ on })).toThrow('on must be an object of values by name, not function')
  })

  it('a budget for all bodies that holds no single one is refused', () => {
    expect(() => bench({ inbox: small(), maxBytesInFlight: 1_000 })).toThrow(
      /maxBytesInFlight \(1000\) must not be less than/,
    )
    expect(() => bench({ inbox: small(), maxBytesInFlight: 1_000, maxBodyBytes: 1_000 })).not.toThrow()
  })

  it("a tolerance below the sender's own retries is refused where the time is the event's", () => {
    const limits = { retriesForMs: 120_000 }
    const of = (pastMs: number) => () => bench({ inbox: small(), tolerance: { pastMs } }, { limits })
    expect(of(119_999)).toThrow('its last attempt would be stale')
    expect(of(120_000)).not.toThrow()
    const time = { of: 'attempt', format: 'rfc3339', required: true, signed: true } as const
    expect(() => bench({ inbox: small(), tolerance: { pastMs: 1_000 } }, { limits, time })).not.toThrow()
  })

  it('close takes timeoutMs, and refuses what it cannot be', async () => {
    const { receiver } = bench({ inbox: small() })
    for (const wrong of [{ timeoutMs: null }, { timeoutMs: Number.NaN }, { timeoutMs: -1 }, { timeout: 5 }])
      await expect(receiver.close(wrong as never)).rejects.toThrow(TypeError)
    await receiver.close({ timeoutMs: 0 })
  })

  it('a fallback that is no inbox, and media types and formats that nothing matches, are refused', () => {
    expect(() => fallbackInbox(small(), {} as never)).toThrow('fallback must be an Inbox')
    expect(() => fallbackInbox(null as never, small())).toThrow('primary must be an Inbox')
    for (const type of ['Application/JSON', 'application/json; charset=utf-8', 'json', 7 as never])
      expect(() => acme({ bodies: { [type]: 'json' } })).toThrow('in lower case without parameters')
    for (const format of ['iso8601', [], ['rfc3339', 'iso8601']])
      expect(() =>
        acme({ time: { of: 'event', format: format as never, required: true, signed: true } }),
      ).toThrow('provider.time.format must be one of rfc3339')
    expect(() => acme({ events: { 'order.paid': {} } as never })).toThrow(
      "provider.events['order.paid'] must be a schema",
    )
    expect(() => acme({ repeats: { 'x y': 'a' } })).toThrow('must be a header name')
    expect(() => acme({ repeats: { 'x-y': 'a..b' } })).toThrow('provider.repeats must list paths')
    expect(() => acme({ scheme: { name: 'x', signs: [] } as never })).toThrow(
      'provider.scheme.check must be a function',
    )
    expect(() => defineProvider(undefined as never)).toThrow('provider must be an object')
    for (const attemptDelaysMs of [[], [-1], [0, Number.NaN], ['0']] as never[])
      expect(() => acme({ sending: { ...sending, attemptDelaysMs } })).toThrow(
        'provider.sending.attemptDelaysMs',
      )
    expect(() => acme({ sending: { ...sending, samples: undefined as never } })).toThrow(
      'provider.sending.samples must be a function',
    )
  })

  it('a scheme by hand whose optional parts are none is refused: text for a list would sign its every part', () => {
    const { scheme } = acme()
    for (const name of ['sign', 'keyMarks', 'headers', 'signs', 'prepare', 'fields', 'signedBytes', 'mac'])
      for (const wrong of ['x-event', null, 7, {}])
        expect(() => acme({ scheme: { ...scheme, [name]: wrong } }), name).toThrow(
          `provider.scheme.${name} must be `,
        )
    for (const part of [
      'x-event',
      {},
      { header: 'x event', as: 'id' },
      { header: 'x-event' },
      { raw: 'url' },
    ])
      expect(() => acme({ scheme: { ...scheme, signs: [part] as never } })).toThrow(
        /provider\.scheme\.signs\[\]/,
      )
    const signs = [{ header: 'X-Event', as: 'id' }, { raw: 'body' }] as const
    expect(() => acme({ scheme: { ...scheme, signs } })).not.toThrow()
  })
})

describe('a secret', () => {
  it.each(['"', "'", '`'])(
    'in %s quotes, as docker --env-file leaves them, is refused with the remedy',
    (quote) => {
      expect(() => hmac({ header: 'x-a', secret: `${quote}${secret}${quote}` })).toThrow(
        /stands in quotes.*Leave them out/,
      )
      expect(() => hmac({ header: 'x-a', secret: `${quote}${secret}` })).not.toThrow()
    },
  )

  it.each([
    'your-webhook-secret',
    'please_replace_with_the_key_123',
    'insert-me-please-now',
    'YOUR SECRET HERE 12345',
  ])('that is a template (%s) is refused', (template) =>
    expect(() => hmac({ header: 'x-a', secret: template })).toThrow('is a placeholder'),
  )

  it('is looked at in time that grows with its length', () => {
    for (const word of ['a_', '_', 'replace_', 'your-', 'a_your_', '${', '<>', "''"])
      for (const head of ['replace_', 'your_', '<', '${', '"'])
        expect(() => hmac({ header: 'x-a', secret: `${head}${word.repeat(50_000)}!` })).not.toThrow()
  })
})
