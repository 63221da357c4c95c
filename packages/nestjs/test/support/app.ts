import type { AddressInfo } from 'node:net'
import { type Inbox, memoryInbox, type Observation, type ReceiverOptions } from '@acuse/core'
import { AcuseModule, type EventOf, type HandlerContext, WebhookHandler } from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import {
  type DynamicModule,
  type INestApplication,
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
export class Invoices {
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
export function linesLogger(lines: string[]): LoggerService {
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
