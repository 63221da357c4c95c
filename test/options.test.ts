import { bullmqInbox } from '@acuse/bullmq'
import { memoryInbox } from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { postgresInbox } from '@acuse/postgres'
import { redcumbre } from '@acuse/providers/redcumbre'
import { zenpli } from '@acuse/providers/zenpli'
import { redisClientOptions, redisDedupe } from '@acuse/redis'
import { createSender } from '@acuse/sender'
import { sqliteInbox } from '@acuse/sqlite'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { describe, expect, it } from 'vitest'
import { toSettings } from '../packages/bullmq/src/options.ts'
import {
  describeFactories,
  type Factories,
  type Fine,
  options,
  receiverOptions,
} from '../packages/core/test/support/factories.ts'
import { watchUnhandled } from '../packages/core/test/support/unhandled.ts'
import { secret } from './adapters/hosts.ts'

const client = new Redis({ lazyConnect: true, ...redisClientOptions() })
const connection = 'redis://127.0.0.1:1'

const inbox = () => memoryInbox({ maxIdempotencyKeys: 10 })
/** Of `ack: 'handled'`. */
const inHandled = options('respond dedupe leaseMs')
const ofZenpli = options(
  'rsa hmac apiKey rsaPrivateKey header timestamp timestampHeader callbacksPerSession result product',
)
const proofs = options('rsa hmac apiKey rsaPrivateKey')

/** One proof, the one that is tried where it is one. */
function proven(option: object): object {
  return proofs.some((proof) => proof in option) ? option : { hmac: secret, ...option }
}

type Make = (options: never) => unknown

/** Nobody listens there, and it waits for nothing. */
function sender() {
  return createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:1/', sleep: async () => {} })
}

function adapter(
  name: string,
  on: { readonly webhooks: unknown; readonly redcumbreWebhooks: unknown; readonly zenpliCallbacks: unknown },
  own: readonly string[],
): Factories {
  const webhooks = on.webhooks as (provider: unknown, options: object) => unknown
  const redcumbreWebhooks = on.redcumbreWebhooks as (secret: string, options: object) => unknown
  const zenpliCallbacks = on.zenpliCallbacks as (options: object) => unknown
  const names = [...receiverOptions, ...own]
  return {
    [`webhooks of ${name}`]: [
      names,
      (option) => webhooks(redcumbre(secret), { inbox: inbox(), ...option }),
      inHandled,
    ],
    [`redcumbreWebhooks of ${name}`]: [
      names,
      (option) => redcumbreWebhooks(secret, { inbox: inbox(), ...option }),
      inHandled,
    ],
    [`zenpliCallbacks of ${name}`]: [
      [...names, ...ofZenpli],
      (option) => zenpliCallbacks({ inbox: inbox(), ...proven(option) }),
      inHandled,
    ],
  }
}

const factories: Factories = {
  ...adapter('Express', onExpress, []),
  ...adapter('Fastify', onFastify, []),
  ...adapter('Hono', onHono, ['clientAddress']),
  zenpli: [ofZenpli, (option) => zenpli(proven(option) as never)],
  createSender: [
    options(
      'provider secret url fetch headers attemptDelaysMs timeoutMs respectsRetryAfter sandbox clock sleep',
    ),
    (option) => createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:1/', ...option } as never),
  ],
  'send of a sender': [
    options('at headers tamper attempts'),
    (option) => sender().send('bhe.emitida', {}, option as never),
  ],
  'sign of a sender': [
    options('at headers tamper'),
    (option) => sender().sign('bhe.emitida', {}, option as never),
  ],
  'sendMany of a sender': [
    options('concurrency perSecond attempts headers overrides'),
    (option) => sender().sendMany('bhe.emitida', 1, option as never),
  ],
  'resend of a sender': [options('attempts'), (option) => sender().resend({} as never, option as never)],
  sqliteInbox: [
    options('retentionMs maxDeliveries leaseMs pollMs maxWalBytes retain connection clock random'),
    (option) => sqliteInbox('/nonexistent/webhooks.db', option),
  ],
  postgresInbox: [
    options(
      'schema retentionMs maxDeliveries leaseMs pollMs timeoutMs listen preparedStatements retain clock random',
    ),
    (option) => postgresInbox(new Pool(), option),
  ],
  bullmqInbox: [
    options('connection name role prefix retentionMs maxDeliveries timeoutMs replicas leaseMs onError clock'),
    (option) => bullmqInbox({ connection, ...option }),
  ],
  redisDedupe: [
    options('prefix timeoutMs retentionMs replicas clock'),
    (option) => redisDedupe(client, option),
  ],
}

/** Values that an option does take, by its name. */
const fine: Fine = {
  'postgresInbox.listen': ['true'],
  'postgresInbox.preparedStatements': ['true'],
  work: ['true'],
  path: [],
  on: ['an empty object', 'a date'],
  onUnknown: ['a function'],
  observer: ['a function', 'a list'],
  orderingKey: ['a function'],
  tolerance: ['an empty object', 'a date'],
  retry: ['an empty object', 'a date'],
  keepHeaders: ['a list'],
  rsa: ['a function'],
  hmac: ['a function'],
  apiKey: ['a function'],
  clientAddress: ['a function'],
  timestampHeader: ['text of a number'],
  product: ['text of a number'],
  sleep: ['a function'],
  secret: ['a function'],
  tamper: ['a function'],
  fetch: ['a function'],
  headers: ['an empty object', 'a date'],
  respectsRetryAfter: ['true'],
  sandbox: ['true'],
  overrides: ['a function'],
  perSecond: ['a broken number'],
  at: ['a date'],
  random: ['a function'],
  onError: ['a function'],
  name: ['text of a number'],
  prefix: ['text of a number'],
  'redisDedupe.prefix': ['empty text'],
  connection: ['text of a number', 'an empty object', 'a date'],
}

describeFactories(factories, fine)

describe('an adapter', () => {
  it.each<[string, Make, Make]>([
    ['Express', (given) => onExpress.webhooks(redcumbre(secret), given), onExpress.zenpliCallbacks],
    ['Fastify', (given) => onFastify.webhooks(redcumbre(secret), given), onFastify.zenpliCallbacks],
    ['Hono', (given) => onHono.webhooks(redcumbre(secret), given), onHono.zenpliCallbacks],
  ])('of %s refuses options that are no object', (_, webhooks, zenpliCallbacks) => {
    for (const wrong of [null, 5, 'text', [], Number.NaN]) {
      expect(() => webhooks(wrong as never)).toThrow(/options must be an object, not /)
      expect(() => zenpliCallbacks(wrong as never)).toThrow(/options must be an object, not /)
    }
  })
})

describe('onError of bullmqInbox', () => {
  watchUnhandled()

  it('that throws or rejects ends nothing', async () => {
    const fails: (() => unknown)[] = [() => Promise.reject(new Error('no')), () => expect.unreachable()]
    for (const onError of fails)
      toSettings({ connection, onError: onError as () => void }).onError(new Error('x'))
    await new Promise((resolve) => setImmediate(resolve))
  })
})
