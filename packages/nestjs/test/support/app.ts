import { createHmac } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { type Inbox, memoryInbox, type Observation, type ReceiverOptions, toFetchHandler } from '@acuse/core'
import {
  AcuseModule,
  type EventOf,
  getReceiverToken,
  type HandlerContext,
  type Receiver,
  WebhookHandler,
  type WebhookSource,
} from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import {
  type DynamicModule,
  type INestApplication,
  type INestApplicationContext,
  Injectable,
  type LoggerService,
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
} from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'

export const secret = 'c0ffee01'.repeat(8)

export const platforms: readonly (readonly [name: string, make: () => AbstractHttpAdapter])[] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
]

/** What a handler calls, as an app's own repository. */
@Injectable()
export class Ledger {
  readonly entries: (readonly [id: string, net: number])[] = []
}

@Injectable()
class Invoices {
  constructor(readonly ledger: Ledger) {}

  @WebhookHandler(redcumbre, 'bhe.emitida')
  issued({ id, payload }: EventOf<RedcumbreEvents, 'bhe.emitida'>, _context: HandlerContext): void {
    this.ledger.entries.push([id, payload.montos.liquido])
  }
}

export interface Shop {
  readonly app: INestApplication
  readonly url: string
  readonly ledger: Ledger
  readonly observations: Observation[]
  readonly inbox: Inbox
  readonly lines: string[]
  /** A sender of Redcumbre's webhooks to the path of the receiver. */
  sender(given?: { path?: string; secret?: string }): ReturnType<typeof createSender<RedcumbreEvents, string>>
  post(path: string, body: string, headers?: Record<string, string>): Promise<Response>
}

/** What is told of the app, by Nest's own logger. */
function linesLogger(lines: string[]): LoggerService {
  const write = (message: unknown): void => void lines.push(String(message))
  return { log: () => {}, debug: () => {}, warn: write, error: write, fatal: write }
}

/** A module of one receiver of Redcumbre, its handler and its ledger. */
export function shopModule(
  options: ReceiverOptions<RedcumbreEvents>,
  { imports = [], providers = [], controllers = [] }: ModuleMetadata = {},
): DynamicModule {
  @Module({})
  class ShopModule {}
  return {
    module: ShopModule,
    imports: [AcuseModule.forRoot({ provider: redcumbre, secret, ...options }), ...imports],
    providers: [Ledger, Invoices, ...providers],
    controllers,
  }
}

/** Starts an app that listens. */
export async function openShop(
  make: () => AbstractHttpAdapter,
  { options = {}, metadata = {}, prepare = () => {}, nest = {} }: ShopParts = {},
): Promise<Shop> {
  const observations: Observation[] = []
  const lines: string[] = []
  const inbox = memoryInbox()
  const own = options.ack === 'handled' ? {} : { inbox }
  const receiving = { ...own, ...options, observer: (seen: Observation) => void observations.push(seen) }
  const module = shopModule(receiving as ReceiverOptions<RedcumbreEvents>, metadata)
  const app = await NestFactory.create(module, make(), {
    logger: linesLogger(lines),
    abortOnError: false,
    ...nest,
  })
  prepare(app)
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    app,
    url,
    ledger: app.get(Ledger),
    observations,
    inbox,
    lines,
    sender: ({ path = '/webhooks/redcumbre', secret: key = secret } = {}) =>
      createSender({ provider: redcumbre, secret: key, url: `${url}${path}`, attemptDelaysMs: [0] }),
    post: (path, body, headers = {}) => fetch(`${url}${path}`, { method: 'POST', body, headers }),
  }
}

interface ShopParts {
  readonly options?: ReceiverOptions<RedcumbreEvents>
  readonly metadata?: ModuleMetadata
  readonly prepare?: (app: INestApplication) => void
  readonly nest?: NestApplicationOptions
}

/** Sends an event to a receiver of an app without HTTP; the status, when nothing is left to handle. */
export async function deliver(
  app: INestApplicationContext,
  event: keyof RedcumbreEvents,
  source: WebhookSource<RedcumbreEvents> = redcumbre,
): Promise<number | undefined> {
  const receiver: Receiver<RedcumbreEvents> = app.get(getReceiverToken(source))
  const answer = toFetchHandler(receiver)
  const { status } = await createSender({
    provider: redcumbre,
    secret,
    fetch: async (url, init) => answer(new Request(url, init)),
    attemptDelaysMs: [0],
  }).send(event)
  await receiver.onIdle()
  return status
}

/** The headers of Redcumbre's signature. */
export function signatureOf(body: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { 'content-type': 'application/json', 'x-webhook-signature': signature }
}

/** A promise that is kept from outside. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let keep = (): void => {}
  const promise = new Promise<void>((resolve) => {
    keep = resolve
  })
  return { promise, resolve: keep }
}
