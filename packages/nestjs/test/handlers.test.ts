import {
  createReceiver,
  memoryInbox,
  type Observation,
  type ReceiverOptions,
  toFetchHandler,
} from '@acuse/core'
import {
  AcuseModule,
  defineEndpoint,
  type EventOf,
  getReceiverToken,
  type HandlerContext,
  InjectReceiver,
  type Receiver,
  type UnknownEvent,
  UnknownWebhookHandler,
  WebhookHandler,
  WebhookResponder,
} from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { Controller, type INestApplicationContext, Injectable, Module, Scope } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Test } from '@nestjs/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliver, secret, signatureOf } from './support/app.ts'

type Issued = EventOf<RedcumbreEvents, 'bhe.emitida'>

const open: INestApplicationContext[] = []
const calls: string[] = []
beforeEach(() => void calls.splice(0))
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())))

type Metadata = NonNullable<Parameters<typeof Module>[0]>

/** Starts an app without HTTP that receives Redcumbre's webhooks. */
async function start(
  { imports = [], ...others }: Metadata,
  options: ReceiverOptions<RedcumbreEvents> = {},
): Promise<INestApplicationContext> {
  const receiving = AcuseModule.forRoot({ provider: redcumbre, secret, ...options })
  @Module({ imports: [receiving, ...imports], ...others })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false })
  open.push(app)
  return app
}

describe('methods that are handlers', () => {
  it('are found in providers and controllers, by name, prefix and star, with their own this', async () => {
    @Injectable()
    class Prefix {
      readonly #mark = 'prefix'
      @WebhookHandler(redcumbre, 'bhe.*')
      one({ type }: EventOf<RedcumbreEvents, 'bhe.*'>): void {
        calls.push(`${this.#mark} ${type}`)
      }
    }
    @Controller()
    class Star {
      @WebhookHandler(redcumbre, '*')
      all(event: EventOf<RedcumbreEvents, '*'>, { attempt }: HandlerContext): void {
        calls.push(`star ${event.type} ${attempt}`)
      }
    }
    const app = await start({ providers: [Prefix], controllers: [Star] })
    expect(await deliver(app, 'bhe.emitida')).toBe(200)
    expect(calls.sort()).toEqual(['prefix bhe.emitida', 'star bhe.emitida 1'])
  })

  it('may be of several events, come from a base class, and be wrapped by a decorator above', async () => {
    const wrap = (_target: object, _key: string, descriptor: PropertyDescriptor): void => {
      const inner = descriptor.value
      descriptor.value = function wrapped(this: unknown, ...given: unknown[]) {
        calls.push('wrapped')
        return Reflect.apply(inner, this, given)
      }
    }
    abstract class Base {
      abstract readonly name: string
      @wrap
      @WebhookHandler(redcumbre, 'bhe.emitida')
      @WebhookHandler(redcumbre, 'bhe.emision_fallida')
      issued({ type }: { readonly type: string }): void {
        calls.push(`${this.name} ${type}`)
      }
    }
    @Injectable()
    class Derived extends Base {
      readonly name = 'derived'
    }
    const app = await start({ providers: [Derived] })
    await deliver(app, 'bhe.emitida')
    await deliver(app, 'bhe.emision_fallida')
    expect(calls).toEqual(['wrapped', 'derived bhe.emitida', 'wrapped', 'derived bhe.emision_fallida'])
  })

  it('are called once where a derived class marks anew what it overrides', async () => {
    class Base {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(_event: Issued): void {
        calls.push('base')
      }
    }
    @Injectable()
    class Derived extends Base {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      override issued(_event: Issued): void {
        calls.push('derived')
      }
    }
    const app = await start({ providers: [Derived] })
    await deliver(app, 'bhe.emitida')
    expect(calls).toEqual(['derived'])
  })

  it('are called once where a provider has an alias', async () => {
    @Injectable()
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {
        calls.push('issued')
      }
    }
    const app = await start({ providers: [Invoices, { provide: 'alias', useExisting: Invoices }] })
    await deliver(app, 'bhe.emitida')
    expect(calls).toEqual(['issued'])
  })

  it('are tried again when they throw, under the name of class and method', async () => {
    const seen: Observation[] = []
    @Injectable()
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(_event: Issued, { attempt }: HandlerContext): void {
        calls.push(`attempt ${attempt}`)
        if (attempt === 1) throw new Error('not yet')
      }
    }
    const retry = { attempts: 3, minDelayMs: 1, maxDelayMs: 1 }
    const app = await start({ providers: [Invoices] }, { retry, observer: (each) => void seen.push(each) })
    await deliver(app, 'bhe.emitida')
    expect(calls).toEqual(['attempt 1', 'attempt 2'])
    expect(seen).toContainEqual(expect.objectContaining({ type: 'retried', handler: 'Invoices.issued' }))
  })

  it('take events that the provider does not list, where they are marked for them', async () => {
    @Injectable()
    class Unknown {
      @UnknownWebhookHandler(redcumbre)
      any({ type }: UnknownEvent): void {
        calls.push(type)
      }
    }
    const app = await start({ providers: [Unknown] })
    const receiver: Receiver<RedcumbreEvents> = app.get(getReceiverToken(redcumbre))
    const body = JSON.stringify({ event: 'bhe.anulada', timestamp: new Date().toISOString() })
    const request = new Request('http://localhost/', { method: 'POST', body, headers: signatureOf(body) })
    expect((await toFetchHandler(receiver)(request)).status).toBe(200)
    await receiver.onIdle()
    expect(calls).toEqual(['bhe.anulada'])
  })

  it('answer the sender with ack handled', async () => {
    @Injectable()
    class Answers {
      @WebhookResponder(redcumbre, 'bhe.emitida')
      answer({ id }: Issued): object {
        calls.push(id)
        return { ok: true }
      }
    }
    const app = await start({ providers: [Answers] }, { ack: 'handled' })
    expect(await deliver(app, 'bhe.emitida')).toBe(200)
    expect(calls).toHaveLength(1)
    await expect(start({ providers: [Answers] })).rejects.toThrow("respond needs ack: 'handled'")
  })
})

describe('several receivers', () => {
  const other = defineEndpoint(redcumbre, 'redcumbre-sandbox')
  const second = AcuseModule.forRoot({ ...other, secret, path: '/webhooks/sandbox' })

  it('of one provider are told apart by endpoint', async () => {
    @Injectable()
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {
        calls.push('production')
      }
      @WebhookHandler(other, 'bhe.emitida')
      tried(): void {
        calls.push('sandbox')
      }
    }
    const app = await start({ imports: [second], providers: [Invoices] })
    await deliver(app, 'bhe.emitida')
    await deliver(app, 'bhe.emitida', other)
    expect(calls).toEqual(['production', 'sandbox'])
  })

  it('are refused when two are the same, or answer one path', async () => {
    const again = AcuseModule.forRoot({ provider: redcumbre, secret, maxBodyBytes: 4_096 })
    await expect(start({ imports: [again] })).rejects.toThrow(
      'AcuseModule is imported twice for redcumbre: give one of them an `endpoint` and a `path` of its own',
    )
    const samePath = AcuseModule.forRoot({ ...other, secret })
    await expect(start({ imports: [samePath] })).rejects.toThrow(
      'Two receivers of AcuseModule answer /webhooks/redcumbre',
    )
  })

  it('are not taken for one another where Nest tells modules apart by their content', async () => {
    const receiving = ['/webhooks/one', '/webhooks/two'].map((path) => {
      const made = (key: string) => redcumbre(key)
      return AcuseModule.forRootAsync({ provider: made, useFactory: () => ({ secret, path }) })
    })
    @Module({ imports: receiving })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, {
      logger: false,
      abortOnError: false,
      moduleIdGeneratorAlgorithm: 'deep-hash',
    })
    open.push(app)
    expect(receiving.map(({ exports = [] }) => app.get(exports[0] as symbol).path)).toEqual([
      '/webhooks/one',
      '/webhooks/two',
    ])
  })

  it('are injected by their source', async () => {
    @Injectable()
    class Backlog {
      constructor(@InjectReceiver(other) readonly receiver: Receiver<RedcumbreEvents>) {}
    }
    const app = await start({ imports: [second], providers: [Backlog] })
    expect(app.get(Backlog).receiver.path).toBe('/webhooks/sandbox')
  })

  it('are overridden in a test by their token', async () => {
    const receiver = createReceiver(redcumbre(secret), { path: '/test', inbox: memoryInbox() })
    const module = await Test.createTestingModule({
      imports: [AcuseModule.forRoot({ provider: redcumbre, secret: 'not used, and too weak' })],
    })
      .overrideProvider(getReceiverToken(redcumbre))
      .useValue(receiver)
      .compile()
    open.push(module)
    expect(module.get(getReceiverToken(redcumbre))).toBe(receiver)
  })
})

describe('what is no receiver', () => {
  it('is refused in the place of one, with the remedy', async () => {
    const module = Test.createTestingModule({
      imports: [AcuseModule.forRoot({ provider: redcumbre, secret })],
    })
      .overrideProvider(getReceiverToken(redcumbre))
      .useValue({ inbox: memoryInbox() })
    await expect(module.compile()).rejects.toThrow(
      /^What stands for the receiver of redcumbre is none: .*createReceiver/,
    )
  })
})

describe('a class that cannot be a handler', () => {
  it.each([
    ['of a request', Scope.REQUEST],
    ['that is transient', Scope.TRANSIENT],
  ])('%s is refused when the app starts, with the remedy', async (_name, scope) => {
    @Injectable({ scope })
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {}
    }
    await expect(start({ providers: [Invoices] })).rejects.toThrow(
      /^Invoices\.issued handles webhooks, .*Give it the default scope/,
    )
  })

  it('that a factory makes for each request is refused, too', async () => {
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {}
    }
    const made = { provide: Invoices, useFactory: () => new Invoices(), scope: Scope.REQUEST }
    await expect(start({ providers: [made] })).rejects.toThrow(
      /^Invoices\.issued handles webhooks, .*Give it the default scope/,
    )
  })

  it('that depends on the request is refused, too', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Tenant {}
    @Injectable()
    class Invoices {
      constructor(readonly tenant: Tenant) {}
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {}
    }
    await expect(start({ providers: [Tenant, Invoices] })).rejects.toThrow(
      /without request-scoped dependencies/,
    )
  })

  it('with two instances is refused, as each would handle every webhook', async () => {
    @Injectable()
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {}
    }
    @Module({ providers: [Invoices] })
    class InvoicesModule {}
    await expect(start({ imports: [InvoicesModule], providers: [Invoices] })).rejects.toThrow(
      /^Invoices has two instances, in \w+Module and in \w+Module, .*export it there$/,
    )
  })

  it('without a receiver of its source is refused', async () => {
    const made = (key: string) => redcumbre(key)
    @Injectable()
    class Invoices {
      @WebhookHandler(made, 'bhe.emitida')
      issued(): void {}
    }
    await expect(start({ providers: [Invoices] })).rejects.toThrow(
      'Invoices.issued handles webhooks of made, and no receiver is there: import AcuseModule.forRoot or forRootAsync with the same function as `provider`',
    )
    @Injectable()
    class Sandbox {
      @WebhookHandler(redcumbre, 'bhe.emitida')
      issued(): void {}
    }
    @Module({
      imports: [AcuseModule.forRoot({ provider: redcumbre, endpoint: 'sandbox', secret })],
      providers: [Sandbox],
    })
    class AppModule {}
    const app = NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false })
    await expect(app).rejects.toThrow(/its receivers are of the endpoints 'sandbox': say which/)
  })

  it('of an event that the provider does not document is refused by the receiver', async () => {
    @Injectable()
    class Invoices {
      @WebhookHandler(redcumbre, 'bhe.emitidaa' as 'bhe.emitida')
      issued(): void {}
    }
    await expect(start({ providers: [Invoices] })).rejects.toThrow("documents no event 'bhe.emitidaa'")
  })
})

describe('a decorator', () => {
  it('refuses static methods and decorators of the standard', () => {
    const decorate: (target: unknown, key: unknown) => void = WebhookHandler(
      redcumbre,
      'bhe.emitida',
    ) as never
    expect(() => decorate(class {}, 'issued')).toThrow(/stands on the static method issued/)
    expect(() => decorate(() => {}, { kind: 'method' })).toThrow(/"experimentalDecorators": true/)
  })

  it('refuses what is no source', () => {
    expect(() => WebhookHandler('redcumbre' as never, '*' as never)).toThrow(
      "WebhookHandler takes a provider's factory, such as redcumbre of '@acuse/providers/redcumbre', or what defineEndpoint gives",
    )
    expect(() => defineEndpoint(redcumbre, undefined as never)).toThrow(/endpoint must be the text/)
    expect(() => InjectReceiver({ provider: redcumbre, endpoint: 7 } as never)).toThrow(
      /endpoint must be the text/,
    )
  })
})
