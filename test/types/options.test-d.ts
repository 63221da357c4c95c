import {
  createReceiver,
  type Inbox,
  lruDedupe,
  memoryInbox,
  type ReceiverOptions,
  type Responder,
} from '@acuse/core'
import { redcumbreWebhooks, zenpliCallbacks } from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { describe, expectTypeOf, test } from 'vitest'

const provider = redcumbre('c0ffee01'.repeat(8))
const inbox: Inbox = memoryInbox()
const dedupe = lruDedupe()
const respond = { 'bhe.emitida': () => ({ recibido: true }) } as const

describe('options of one level of acknowledging', () => {
  test('are taken where they mean something', () => {
    createReceiver(provider, { inbox, work: false, retry: { attempts: 3 }, onStale: 'keep' })
    createReceiver(provider, { ack: 'accepted', inbox, orderingKey: ({ type }) => type })
    createReceiver(provider, { ack: 'handled', dedupe, leaseMs: 1_000, respond })
    for (const ack of ['accepted', 'handled'] as const) createReceiver(provider, { ack, concurrency: 5 })
  })

  test("of an inbox are refused with ack: 'handled'", () => {
    // @ts-expect-error: nothing is stored
    createReceiver(provider, { ack: 'handled', inbox })
    // @ts-expect-error: it hands to handlers before it answers
    createReceiver(provider, { ack: 'handled', work: false })
    // @ts-expect-error: the sender retries
    createReceiver(provider, { ack: 'handled', retry: {} })
    // @ts-expect-error: nothing waits in an order
    createReceiver(provider, { ack: 'handled', orderingKey: () => 'a' })
    // @ts-expect-error: there are no dead letters
    createReceiver(provider, { ack: 'handled', onStale: 'keep' })
    const kept = { ack: 'handled', inbox } as const
    // @ts-expect-error: nor are they taken from a variable
    createReceiver(provider, kept)
  })

  test("of an answer that waits for handlers are refused without ack: 'handled'", () => {
    // @ts-expect-error: an inbox remembers idempotency keys by itself
    createReceiver(provider, { dedupe })
    // @ts-expect-error: an inbox has leases of its own
    createReceiver(provider, { ack: 'accepted', inbox, leaseMs: 1_000 })
    // @ts-expect-error: the answer does not wait for a responder
    createReceiver(provider, { respond })
  })

  test('are refused by every adapter', () => {
    // @ts-expect-error: nothing is stored
    redcumbreWebhooks('secret', { ack: 'handled', inbox })
    // @ts-expect-error: nothing is stored
    zenpliCallbacks({ hmac: 'secret', ack: 'handled', inbox })
    // @ts-expect-error: nothing is stored
    onFastify.redcumbreWebhooks('secret', { ack: 'handled', inbox })
    // @ts-expect-error: an inbox remembers idempotency keys by itself
    onHono.redcumbreWebhooks('secret', { dedupe })
    onHono.redcumbreWebhooks('secret', { ack: 'handled', dedupe, clientAddress: () => undefined })
  })

  test('come in one type', () => {
    expectTypeOf<ReceiverOptions<RedcumbreEvents>['ack']>().toEqualTypeOf<
      'accepted' | 'handled' | undefined
    >()
  })
})

describe('a responder', () => {
  test('answers what JSON can write, or nothing for the usual body', () => {
    expectTypeOf<() => { readonly ok: true }>().toExtend<Responder<unknown>>()
    expectTypeOf<() => Promise<string | null>>().toExtend<Responder<unknown>>()
    expectTypeOf<() => void>().toExtend<Responder<unknown>>()
    expectTypeOf<() => Promise<void>>().toExtend<Responder<unknown>>()
  })

  test('does not answer what JSON cannot write', () => {
    const synchronous = createReceiver(provider, { ack: 'handled' })
    // @ts-expect-error: JSON.stringify throws on a bigint
    synchronous.respond('bhe.emitida', () => 5n)
    // @ts-expect-error: JSON leaves a symbol out
    synchronous.respond('bhe.emitida', async () => Symbol.iterator)
    // @ts-expect-error: the same as an option
    createReceiver(provider, { ack: 'handled', respond: { 'bhe.emitida': () => 5n } })
  })
})
