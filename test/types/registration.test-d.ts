import type { Receiver, WebhookEvent } from '@acuse/core'
import { redcumbreWebhooks, webhooks, zenpliCallbacks } from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { type BheEmitida, type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import express, { type RequestHandler } from 'express'
import fastify, { type FastifyPluginAsync } from 'fastify'
import { Hono, type MiddlewareHandler } from 'hono'
import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const middleware = redcumbreWebhooks(process.env['REDCUMBRE_WEBHOOK_SECRET'])

describe('registration', () => {
  test('of a name gives its payload', () => {
    middleware.on('bhe.emitida', (event) => {
      expectTypeOf(event.payload.montos.liquido).toEqualTypeOf<number>()
      expectTypeOf(event.type).toEqualTypeOf<'bhe.emitida'>()
      expectTypeOf(event.payload).toEqualTypeOf<BheEmitida>()
      expectTypeOf(event.occurredAt).toEqualTypeOf<Date | undefined>()
    })
    middleware.on('bhe.emitida', (_, { attempt }) => {
      expectTypeOf(attempt).toEqualTypeOf<number>()
    })
  })

  test('of a name that is not documented does not compile', () => {
    // @ts-expect-error: one letter too many
    middleware.on('bhe.emitidaa', () => {})
    // @ts-expect-error: one letter is missing
    middleware.on('bhe.emitda', () => {})
    // @ts-expect-error: the documents write it with an underscore
    middleware.on('bhe.emision-terminada', () => {})
    // @ts-expect-error: no event has this prefix
    middleware.on('dte.*', () => {})
    // @ts-expect-error: a prefix ends at a dot
    middleware.on('bh*', () => {})
  })

  test('of a prefix gives the union of its events, told apart by type', () => {
    middleware.on('bhe.*', (event) => {
      expectTypeOf(event.type).toEqualTypeOf<
        'bhe.emitida' | 'bhe.emision_terminada' | 'bhe.pdf_sii_fallido' | 'bhe.emision_fallida'
      >()
      if (event.type === 'bhe.emitida') expectTypeOf(event.payload.montos.bruto).toEqualTypeOf<number>()
      else expectTypeOf(event.payload).not.toHaveProperty('montos')
    })
    middleware.on('validafirma.*', ({ type }) => {
      expectTypeOf(type).toEqualTypeOf<'validafirma.documento-completado'>()
    })
  })

  test('of * gives every event, and onUnknown gives what is not typed', () => {
    middleware.on('*', ({ type }) => {
      expectTypeOf(type).toEqualTypeOf<keyof RedcumbreEvents>()
    })
    middleware.onUnknown((event) => {
      expectTypeOf(event).toEqualTypeOf<WebhookEvent<string, unknown>>()
    })
  })

  test('as an object in the options is typed the same', () => {
    redcumbreWebhooks('secret', {
      on: {
        'bhe.emitida': ({ payload }) => expectTypeOf(payload.folioSii).toEqualTypeOf<string>(),
        'onexo.*': ({ payload }) => expectTypeOf(payload.tenantId).toEqualTypeOf<string>(),
        '*': async () => {},
      },
      onUnknown: ({ payload }) => expectTypeOf(payload).toEqualTypeOf<unknown>(),
    })
    // @ts-expect-error: no such event
    redcumbreWebhooks('secret', { on: { 'bhe.emitidaa': () => {} } })
    // @ts-expect-error: no such option
    redcumbreWebhooks('secret', { handlers: {} })
  })
})

describe('the middleware', () => {
  test('is a RequestHandler that an app can use, and carries its receiver', () => {
    expectTypeOf(middleware).toExtend<RequestHandler>()
    express().use(middleware).use('/hooks', middleware).post('/hooks', middleware)
    expectTypeOf(middleware.receiver).toEqualTypeOf<Receiver<RedcumbreEvents>>()
    expectTypeOf(middleware.close).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(webhooks(redcumbre('secret'))).toEqualTypeOf(middleware)
  })

  test('takes text, bytes, a list or a map of secrets', () => {
    for (const secret of ['a', Buffer.from('a'), ['a', Buffer.from('b')], { current: 'a', next: 'b' }]) {
      redcumbreWebhooks(secret)
    }
    // @ts-expect-error: a number is no secret
    redcumbreWebhooks(5)
  })
})

describe('the sender', () => {
  test('knows events and their fields', () => {
    const sender = createSender({ provider: redcumbre, secret: 'secret', url: 'http://127.0.0.1' })
    expectTypeOf(sender.send).parameter(0).toEqualTypeOf<keyof RedcumbreEvents>()
    void sender.send('bhe.emitida', { montos: { liquido: 1 } })
    // @ts-expect-error: no such event
    void sender.send('bhe.emitidaa')
    // @ts-expect-error: an amount is a number
    void sender.send('bhe.emitida', { montos: { liquido: 'mucho' } })
  })
})

describe('zenpliCallbacks', () => {
  test('types the result by its schema, and leaves it unknown without one', () => {
    const result = z.object({ score: z.number() })
    const typed = zenpliCallbacks({ rsa: 'PEM', result })
    typed.on('callback', ({ payload }) => {
      expectTypeOf(payload.result).toEqualTypeOf<{ score: number }>()
      expectTypeOf(payload.status).toEqualTypeOf<string>()
    })
    zenpliCallbacks({ apiKey: process.env['ZENPLI_API_KEY'] }).on('callback', ({ payload }) => {
      expectTypeOf(payload.result).toEqualTypeOf<unknown>()
    })
    // @ts-expect-error: no such event
    typed.on('completed', () => {})
    // @ts-expect-error: no proof
    zenpliCallbacks({ path: '/x' })
    // @ts-expect-error: two proofs
    zenpliCallbacks({ hmac: 'secret', apiKey: 'key' })
    // @ts-expect-error: no such option
    zenpliCallbacks({ hmac: 'secret', secret: 'x' })
  })

  test('takes keys by name, in lists, and by request', () => {
    zenpliCallbacks({ hmac: { current: 'a', next: 'b' } })
    zenpliCallbacks({ hmac: ({ url }) => (url === '/a' ? 'a' : undefined) })
    zenpliCallbacks({ rsa: ['PEM', { kty: 'RSA', n: '', e: '' }] })
  })
})

describe('the same names in Fastify and Hono', () => {
  test('are a plugin and a middleware, with the same registration', () => {
    const plugin = onFastify.redcumbreWebhooks('secret')
    expectTypeOf(plugin).toExtend<FastifyPluginAsync>()
    fastify().register(plugin).register(plugin, { prefix: '/hooks' })
    plugin.on('bhe.emitida', ({ payload }) => expectTypeOf(payload.montos.liquido).toEqualTypeOf<number>())
    // @ts-expect-error: no such event
    plugin.on('bhe.emitidaa', () => {})

    const handler = onHono.redcumbreWebhooks('secret', {
      clientAddress: (context) => context.req.header('x'),
    })
    expectTypeOf(handler).toExtend<MiddlewareHandler>()
    new Hono().use(handler).post('/hooks', handler)
    handler.on('bhe.*', ({ type }) => expectTypeOf(type).toExtend<`bhe.${string}`>())
    // @ts-expect-error: no such event
    handler.on('bhe.emitidaa', () => {})
    expectTypeOf(plugin.receiver).toEqualTypeOf(handler.receiver)
  })
})

describe("ack: 'handled'", () => {
  test('gives a responder the typed event, and handlers their context', () => {
    const synchronous = redcumbreWebhooks('c0ffee01'.repeat(8), { ack: 'handled' })
    synchronous.respond('bhe.emitida', ({ payload }) => {
      expectTypeOf(payload.montos.liquido).toEqualTypeOf<number>()
      return { recibido: payload.bheId }
    })
    // @ts-expect-error: no such event
    synchronous.respond('bhe.emitidaa', () => ({}))
    synchronous.on('*', (_, { id, signal, log }) => {
      expectTypeOf(id).toEqualTypeOf<string>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      log.info({ id }, 'seen')
    })
    // @ts-expect-error: there are two levels
    redcumbreWebhooks('c0ffee01'.repeat(8), { ack: 'later' })
  })
})
