import { getReceiverToken, type HandlerContext, WebhookHandler } from '@acuse/nestjs'
import { redcumbre } from '@acuse/providers/redcumbre'
import {
  Body,
  Controller,
  ForbiddenException,
  type INestApplication,
  Injectable,
  Post,
  VersioningType,
} from '@nestjs/common'
import type { AbstractHttpAdapter } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import express from 'express'
import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { openShop, platforms, type Shop, secret, signatureOf } from './support/app.ts'

@Controller({ version: ['1', '2'] })
class Orders {
  @Post('orders')
  create(@Body() body: unknown): unknown {
    return { got: body }
  }
}

const open: Shop[] = []
afterEach(() => Promise.all(open.splice(0).map(({ app }) => app.close())))

async function start(...parts: Parameters<typeof openShop>): Promise<Shop> {
  const shop = await openShop(...parts)
  open.push(shop)
  return shop
}

async function handled(shop: Shop): Promise<number> {
  await shop.app.get(getReceiverToken(redcumbre)).onIdle()
  return shop.ledger.entries.length
}

function rejections({ observations }: Shop): unknown[] {
  return observations.flatMap((each) => (each.type === 'rejected' ? [each.code] : []))
}

/** A body as no serializer of JavaScript would write it, and its signature. */
async function handwritten(): Promise<readonly [body: string, headers: Record<string, string>]> {
  const samples = await redcumbre(secret).sending?.samples?.()
  const sample = { ...samples?.['bhe.emitida'], timestamp: new Date().toISOString() }
  const body = ` ${JSON.stringify(sample, null, 3).replaceAll('emisor', '\\u0065misor')}\n`
  return [body, signatureOf(body)]
}

function longName(length: number): { readonly emisor: { readonly razonSocial: string } } {
  return { emisor: { razonSocial: 'x'.repeat(length) } }
}

function refuseAll(app: INestApplication): void {
  const refuse = (): never => {
    throw new ForbiddenException('by the app')
  }
  app.useGlobalGuards({ canActivate: refuse })
  app.useGlobalPipes({ transform: refuse })
  app.useGlobalInterceptors({ intercept: refuse })
}

describe.each(platforms)('a Nest app on %s', (_name, make) => {
  it('hands a signed delivery to the method of a provider, with what Nest injected into it', async () => {
    const shop = await start(make)
    expect((await shop.sender().send('bhe.emitida')).status).toBe(200)
    expect(await handled(shop)).toBe(1)
    expect(shop.ledger.entries).toEqual([[expect.any(String), 194_062]])
  })

  it('refuses a forged delivery, and tells its sender no reason', async () => {
    const shop = await start(make)
    const [body] = await handwritten()
    const headers = { 'content-type': 'application/json', 'x-webhook-signature': '0'.repeat(64) }
    const answer = await shop.post('/webhooks/redcumbre', body, headers)
    expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringMatching(/signature/i)])
    expect(rejections(shop)).toEqual(['signature-mismatch'])
    expect(await handled(shop)).toBe(0)
  })

  it('handles a delivery that comes twice once, and says 200 both times', async () => {
    const shop = await start(make)
    const [body, headers] = await handwritten()
    const statuses = [
      (await shop.post('/webhooks/redcumbre', body, headers)).status,
      (await shop.post('/webhooks/redcumbre', body, headers)).status,
    ]
    expect(statuses).toEqual([200, 200])
    expect(await handled(shop)).toBe(1)
  })

  it('takes bodies up to its own limit, whatever the limit of the parsers of Nest, and refuses larger ones', async () => {
    const shop = await start(make)
    const large = await shop.sender().send('bhe.emitida', longName(600_000))
    const oversized = await shop.sender().send('bhe.emitida', longName(1_100_000))
    expect([large.status, oversized.status]).toEqual([200, 413])
  })

  it.each([{ rawBody: true }, { bodyParser: false }, { cors: true }])(
    'verifies the bytes that were sent with the option %o of Nest',
    async (nest) => {
      const shop = await start(make, { nest })
      const [body, headers] = await handwritten()
      expect((await shop.post('/webhooks/redcumbre', body, headers)).status).toBe(200)
      expect(await handled(shop)).toBe(1)
    },
  )

  it('leaves bodies of other routes to the parsers of Nest', async () => {
    const shop = await start(make, { metadata: { controllers: [Orders] } })
    const answer = await shop.post('/orders', '{"a":1}', { 'content-type': 'application/json' })
    expect(await answer.json()).toEqual({ got: { a: 1 } })
    expect((await shop.post('/elsewhere', '{}')).status).toBe(404)
  })

  it('answers whatever guards, pipes and interceptors of the app refuse', async () => {
    const shop = await start(make, { prepare: refuseAll, metadata: { controllers: [Orders] } })
    expect((await shop.post('/orders', '{}')).status).toBe(403)
    expect((await shop.sender().send('bhe.emitida')).status).toBe(200)
    expect(await handled(shop)).toBe(1)
  })

  it('answers its whole path with a global prefix and versions, and reports a delivery below the prefix', async () => {
    const prepare = (app: INestApplication): void => {
      app.setGlobalPrefix('api')
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })
    }
    const shop = await start(make, { prepare })
    expect((await shop.sender().send('bhe.emitida')).status).toBe(200)
    expect((await shop.sender({ path: '/api/webhooks/redcumbre' }).send('bhe.emitida')).status).toBe(404)
    expect(shop.observations).toContainEqual(
      expect.objectContaining({ type: 'misrouted', path: '/api/webhooks/redcumbre', status: 404 }),
    )
  })

  it('answers at the option path, with and without a slash, and refuses other methods', async () => {
    const shop = await start(make, { options: { path: '/api/hooks/sii' } })
    for (const path of ['/api/hooks/sii', '/api/hooks/sii/'])
      expect((await shop.sender({ path }).send('bhe.emitida')).status).toBe(200)
    expect((await fetch(`${shop.url}/api/hooks/sii?x=1`)).status).toBe(405)
  })

  it('reads bodies itself where a middleware of the app reads them all', async () => {
    const prepare = (app: INestApplication): void => {
      app.use(express.json())
    }
    const shop = await start(make, { prepare })
    const [body, headers] = await handwritten()
    expect((await shop.post('/webhooks/redcumbre', body, headers)).status).toBe(200)
  })

  it('leaves other routes to the middlewares of the app, with the address of the client', async () => {
    const addresses: unknown[] = []
    const prepare = (app: INestApplication): void => {
      app.use((request: { readonly ip?: string }, _response: unknown, next: () => void) => {
        addresses.push(request.ip)
        next()
      })
    }
    const shop = await start(make, { prepare, metadata: { controllers: [Orders] } })
    expect((await shop.post('/orders', '{}')).status).toBe(201)
    expect(addresses).toEqual([expect.stringContaining('127.0.0.1')])
  })

  it('writes refusals that need a person to the logger of Nest, in one line', async () => {
    const shop = await start(make)
    await shop.sender({ secret: 'another-secret-of-enough-length' }).send('bhe.emitida')
    expect(shop.lines).toEqual([expect.stringMatching(/^[^\n]*signature-mismatch[^\n]*$/)])
  })
})

describe('what a handler logs', () => {
  it('is written to the logger of Nest with the reason of a failure', async () => {
    @Injectable()
    class Careful {
      @WebhookHandler(redcumbre, 'bhe.emision_fallida')
      failed(_event: object, { log }: HandlerContext): void {
        log.warn({ bheId: 7, err: new Error('no route\nto host') }, 'not stored yet')
      }
    }
    const shop = await start(() => new ExpressAdapter(), { metadata: { providers: [Careful] } })
    await shop.sender().send('bhe.emision_fallida')
    await shop.app.get(getReceiverToken(redcumbre)).onIdle()
    expect(shop.lines).toEqual([
      expect.stringMatching(/^not stored yet .*bheId: 7.*no route\\nto host[^\n]*$/),
    ])
  })
})

/** Adapters whose app reads every body before Nest has it. */
const greedy: readonly (readonly [name: string, make: () => AbstractHttpAdapter, remedy: RegExp])[] = [
  [
    'an Express with a parser',
    () => new ExpressAdapter(express().use(express.json())),
    /express\.json\(\{ verify/,
  ],
  [
    'a Fastify with a hook',
    () => {
      const instance = fastify()
      instance.addHook('onRequest', async ({ raw }) => void (await raw.toArray()))
      return new FastifyAdapter(instance as never)
    },
    /leave the paths of the webhooks out/,
  ],
]

describe.each(greedy)('with %s that was handed to Nest', (_name, make, remedy) => {
  it('refuses what it cannot verify, and the log has the remedy', async () => {
    const shop = await start(make)
    expect((await shop.sender().send('bhe.emitida')).status).toBe(500)
    expect(rejections(shop)).toEqual(['body-consumed'])
    expect(shop.lines.join('\n')).toMatch(remedy)
    expect(await handled(shop)).toBe(0)
  })
})

describe('bytes that somebody kept', () => {
  it('are verified where a parser of the app kept them as request.rawBody', async () => {
    const verify = (request: object, _response: unknown, rawBody: Uint8Array): void => {
      Object.assign(request, { rawBody })
    }
    const shop = await start(() => new ExpressAdapter(express().use(express.json({ verify }))))
    const [body, headers] = await handwritten()
    expect((await shop.post('/webhooks/redcumbre', body, headers)).status).toBe(200)
  })
})

describe('the address of the sender', () => {
  const options = { ipAllowlist: ['203.0.113.0/24'] }
  const trusting: readonly (readonly [string, () => AbstractHttpAdapter])[] = [
    ['Express', () => new ExpressAdapter(express().set('trust proxy', true))],
    ['Fastify', () => new FastifyAdapter({ trustProxy: true })],
  ]

  it.each(trusting)('is the one that a trusted proxy tells, on %s', async (_name, make) => {
    const shop = await start(make, { options })
    const [body, headers] = await handwritten()
    const from = async (address: string): Promise<number> =>
      (await shop.post('/webhooks/redcumbre', body, { ...headers, 'x-forwarded-for': address })).status
    expect([await from('203.0.113.7'), await from('198.51.100.7')]).toEqual([200, 401])
  })
})

describe('inject of Fastify', () => {
  it('reaches the receiver without a socket', async () => {
    const shop = await start(() => new FastifyAdapter())
    const [payload, headers] = await handwritten()
    const { statusCode } = await (shop.app as NestFastifyApplication).inject({
      method: 'POST',
      url: '/webhooks/redcumbre',
      payload,
      headers,
    })
    expect(statusCode).toBe(200)
  })
})
