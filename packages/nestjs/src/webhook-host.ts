import type { Receiver } from '@acuse/core'
import {
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common'
import { DiscoveryModule, DiscoveryService, HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import { type FoundHandler, findHandlers } from './find-handlers.ts'
import { whenAdapterIsThere } from './http-adapter.ts'
import { mount } from './mount.ts'
import { describeSource, type SourceParts } from './source.ts'

interface Entry {
  readonly source: SourceParts
  readonly receiver: Receiver<never>
}

/** The receivers of one app: answers their requests, gives them their handlers, and follows the life of the app. */
export class WebhookHost implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #adapterHost: HttpAdapterHost
  readonly #discovery: DiscoveryService
  readonly #entries: Entry[] = []
  readonly #receivers: Receiver<never>[] = []
  readonly #acceptOnly = new WeakSet<object>()
  #isMounted = false
  #hold: NodeJS.Timeout | undefined

  constructor(adapterHost: HttpAdapterHost, discovery: DiscoveryService, modules: ModulesContainer) {
    this.#adapterHost = adapterHost
    this.#discovery = discovery
    takePlace(modules, { turns: 'init$' in adapterHost })
    // Now and not in a hook: before `app.init()`, in which Nest mounts its parsers.
    whenAdapterIsThere(adapterHost, (adapter) => {
      this.#isMounted = mount(adapter, this.#receivers)
    })
  }

  /** @throws TypeError when it is none, and when there is one of this source, or at its path */
  add(source: SourceParts, receiver: Receiver<never>): Receiver<never> {
    const { handle }: { readonly handle?: unknown } = receiver ?? {}
    if (typeof handle !== 'function')
      throw new TypeError(
        `What stands for the receiver of ${describeSource(source)} is none: override it with createReceiver(${source.provider.name}(secret), { inbox: memoryInbox() })`,
      )
    const remedy = 'give one of them an `endpoint` and a `path` of its own'
    if (this.#find(source))
      throw new TypeError(`AcuseModule is imported twice for ${describeSource(source)}: ${remedy}`)
    const other = this.#receivers.find((each) => each.answers(receiver.path))
    if (other) throw new TypeError(`Two receivers of AcuseModule answer ${receiver.path}: ${remedy}`)
    this.#entries.push({ source, receiver })
    this.#receivers.push(receiver)
    return receiver
  }

  /** Tells of a receiver with `work: false`. */
  acceptsOnly(receiver: object): void {
    this.#acceptOnly.add(receiver)
  }

  /** @throws TypeError when a method is marked that cannot be a handler; the app does not start */
  onModuleInit(): void {
    const { httpAdapter } = this.#adapterHost
    if (httpAdapter && !this.#isMounted)
      throw new TypeError(
        `AcuseModule mounts on Nest's Express and Fastify adapters, and this one is '${httpAdapter.getType()}': use @acuse/core's toNodeHandler(receiver) there`,
      )
    for (const handler of findHandlers(this.#discovery)) register(this.#receiverOf(handler), handler)
  }

  onApplicationBootstrap(): void {
    const working = this.#receivers.filter((receiver) => !this.#acceptOnly.has(receiver))
    for (const receiver of working) receiver.work()
    // `null` in a context of NestFactory: a worker, which a store with nothing but a file would let end.
    const adapter: unknown = this.#adapterHost.httpAdapter
    if (adapter === null && working.length > 0) this.#hold = setInterval(() => {}, 60_000)
  }

  /** All of them at once; one that fails keeps neither the others nor the app from closing. */
  async onModuleDestroy(): Promise<void> {
    const closed = await Promise.allSettled(this.#receivers.map((receiver) => receiver.close()))
    clearInterval(this.#hold)
    for (const result of closed)
      if (result.status === 'rejected')
        new Logger('Acuse').error('A receiver did not close', String(result.reason?.stack ?? result.reason))
  }

  #find({ provider, endpoint }: SourceParts): Receiver<never> | undefined {
    const entry = this.#entries.find(
      ({ source }) => source.provider === provider && source.endpoint === endpoint,
    )
    return entry?.receiver
  }

  #receiverOf({ source, name }: FoundHandler): Receiver<never> {
    const receiver = this.#find(source)
    if (receiver) return receiver
    const endpoints = this.#entries.flatMap(({ source: each }) =>
      each.provider === source.provider && each.endpoint !== undefined ? [`'${each.endpoint}'`] : [],
    )
    const remedy =
      endpoints.length > 0
        ? `its receivers are of the endpoints ${endpoints.join(', ')}: say which, with defineEndpoint(${source.provider.name}, …)`
        : 'import AcuseModule.forRoot or forRootAsync with the same function as `provider`'
    throw new TypeError(
      `${name} handles webhooks of ${describeSource(source)}, and no receiver is there: ${remedy}`,
    )
  }
}

/**
 * Nest calls hooks by a module's distance from the root, the farthest first; from version 11 on the nearest first when it ends. So this
 * module closes before another takes away what handlers use; and where the order turns, it works when all others are ready.
 */
function takePlace(modules: ModulesContainer, { turns }: { readonly turns: boolean }): void {
  for (const each of modules.values())
    if (each.metatype === WebhookHostModule) each.distance = turns ? -1 : Number.MAX_VALUE
}

function register(receiver: Receiver<never>, { kind, pattern, run, name, options }: FoundHandler): void {
  const named = { name, ...options }
  // The decorator had the compiler see that they fit.
  if (kind === 'on') receiver.on(pattern, run as never, named)
  else if (kind === 'onUnknown') receiver.onUnknown(run as never, named)
  else receiver.respond(pattern, run as never)
}

/** The module of {@link WebhookHost}: one in an app, however many receivers there are. */
export class WebhookHostModule {}

Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: WebhookHost,
      inject: [HttpAdapterHost, DiscoveryService, ModulesContainer],
      useFactory: (adapterHost: HttpAdapterHost, discovery: DiscoveryService, modules: ModulesContainer) =>
        new WebhookHost(adapterHost, discovery, modules),
    },
  ],
  exports: [WebhookHost],
})(WebhookHostModule)
