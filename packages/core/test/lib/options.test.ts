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
  'name path scheme events time volatile repeats tenantOf limits mediaTypes envelope warnings sending',
)
const sending = {
  attemptDelaysMs: [0],
  timeoutMs: 1_000,
  samples: () => expect.unreachable(),
  stamp: () => expect.unreachable(),
}
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const edKeys = generateKeyPairSync('ed25519')

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
    options('secret header hash encoding prefix separator signedHeaders joint'),
    (option) => hmac({ secret, header: 'x-a', ...option }),
  ],
  rsa: [
    options('publicKey privateKey header hash padding prefix separator signedHeaders joint'),
    (option) =>
      rsa({
        header: 'x-a',
        ...('privateKey' in option ? {} : { publicKey: rsaKeys.publicKey }),
        ...option,
      } as never),
  ],
  ed25519: [
    options('publicKey privateKey header encoding prefix separator signedHeaders joint'),
    (option) =>
      ed25519({
        header: 'x-a',
        ...('privateKey' in option ? {} : { publicKey: edKeys.publicKey }),
        ...option,
      } as never),
  ],
  apiKey: [options('key header format'), (option) => apiKey({ key: secret, ...option })],
  'signedHeaders[]': [
    options('header as'),
    (option) => hmac({ secret, header: 'x-a', signedHeaders: [{ header: 'x-b', as: 'id', ...option }] }),
  ],
  toFetchHandler: [
    options('clientAddress waitUntil'),
    (option) => toFetchHandler(bench({ inbox: small() }).receiver, option),
  ],
  explain: [options('others tolerance clock'), (option) => explain(signed(paid), acme(), option as never)],
  'a handler': [
    options('name'),
    (option) => bench({ inbox: small() }).receiver.on('order.paid', () => {}, option as never),
  ],
  defineProvider: [ofProvider, (option) => defineProvider({ ...acme(), ...option } as never)],
  'a provider that nobody defined': [
    options('name path scheme events envelope'),
    (option) => createReceiver({ ...acme(), ...option } as never, { inbox: small() }),
    ofProvider,
  ],
  'provider.time': [
    options('of format required signed'),
    (option) => acme({ time: { of: 'event', format: 'rfc3339', required: true, signed: true, ...option } }),
  ],
  'provider.sending': [
    options('attemptDelaysMs timeoutMs samples stamp headers'),
    (option) => acme({ sending: { ...sending, ...option } }),
  ],
  'provider.warnings[]': [
    options('code message'),
    (option) => acme({ warnings: [{ code: 'ACME', message: 'told once', ...option }] }),
  ],
  'provider.limits': [options('retriesForMs'), (limits) => acme({ limits })],
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
  observer: ['a function'],
  orderingKey: ['a function'],
  random: ['a function'],
  secret: ['a function'],
  publicKey: ['a function'],
  joint: ['text of a number', 'empty text'],
  key: ['a function'],
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
  code: ['text of a number', 'empty text'],
  message: ['text of a number', 'empty text'],
  keepHeaders: ['a list'],
  signedHeaders: ['a list'],
  volatile: ['a list'],
  mediaTypes: ['a list'],
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
      expect(() => acme({ mediaTypes: [type] })).toThrow('in lower case without parameters')
    for (const format of ['iso8601', [], ['rfc3339', 'iso8601']])
      expect(() =>
        acme({ time: { of: 'event', format: format as never, required: true, signed: true } }),
      ).toThrow('provider.time.format must be one of rfc3339')
    expect(() => acme({ events: { 'order.paid': {} } as never })).toThrow(
      "provider.events['order.paid'] must be a schema",
    )
    expect(() => acme({ repeats: { 'x y': 'a' } })).toThrow('must be a header name')
    expect(() => acme({ repeats: { 'x-y': 'a..b' } })).toThrow('provider.repeats must list paths')
    expect(() => acme({ scheme: { name: 'x', signsBody: true } as never })).toThrow(
      'provider.scheme.check must be a function',
    )
    expect(() => defineProvider(undefined as never)).toThrow('provider must be an object')
    for (const attemptDelaysMs of [[], [-1], [0, Number.NaN], ['0']] as never[])
      expect(() => acme({ sending: { ...sending, attemptDelaysMs } })).toThrow(
        'provider.sending.attemptDelaysMs',
      )
    expect(() => acme({ sending: { ...sending, stamp: undefined as never } })).toThrow(
      'provider.sending.stamp must be a function',
    )
  })

  it('a scheme by hand whose optional parts are none is refused: text for a list would sign its every part', () => {
    const { scheme } = acme()
    for (const name of ['sign', 'keyMarks', 'headers', 'signedHeaders', 'signedParts'])
      for (const wrong of ['x-event', null, 7, {}])
        expect(() => acme({ scheme: { ...scheme, [name]: wrong } }), name).toThrow(
          `provider.scheme.${name} must be `,
        )
    for (const name of ['X-Event', 'x event', 7])
      expect(() => acme({ scheme: { ...scheme, signedHeaders: [name] as never } })).toThrow(
        /provider\.scheme\.signedHeaders must /,
      )
    expect(() => acme({ scheme: { ...scheme, signedHeaders: ['x-event'] } })).not.toThrow()
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
