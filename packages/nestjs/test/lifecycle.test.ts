import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { toFetchHandler } from '@acuse/core'
import { AcuseModule, type EventOf, getReceiverToken, type Receiver, WebhookHandler } from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { sqliteInbox } from '@acuse/sqlite'
import { type DynamicModule, Injectable, Module, type OnModuleDestroy } from '@nestjs/common'
import { ConfigModule, ConfigService } from '@nestjs/config'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deferred, deliver, Ledger, openShop, platforms, secret, shopModule } from './support/app.ts'

const quiet = { logger: false, abortOnError: false } as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acuse-nest-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A module whose secret comes from the environment of an app. */
function configured(environment: Record<string, string>): DynamicModule {
  return AcuseModule.forRootAsync({
    provider: redcumbre,
    imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => environment] })],
    inject: [ConfigService],
    useFactory: async (config: ConfigService) => ({ secret: config.getOrThrow<string>('NEST_TEST_SECRET') }),
  })
}

describe('options', () => {
  it('come from ConfigService when the app is created', async () => {
    const app = await NestFactory.createApplicationContext(configured({ NEST_TEST_SECRET: secret }), quiet)
    const receiver: Receiver<RedcumbreEvents> = app.get(getReceiverToken(redcumbre))
    expect(receiver.path).toBe('/webhooks/redcumbre')
    await app.close()
  })

  it('are checked when the app is created, and not when its module is loaded', async () => {
    const create = (module: DynamicModule): Promise<unknown> =>
      NestFactory.createApplicationContext(module, quiet)
    await expect(create(configured({}))).rejects.toThrow('NEST_TEST_SECRET')
    const empty = AcuseModule.forRoot({ provider: redcumbre, secret: undefined })
    await expect(create(empty)).rejects.toThrow(TypeError)
    const misspelt = AcuseModule.forRoot({ provider: redcumbre, secret, ...{ concurency: 3 } })
    await expect(create(misspelt)).rejects.toThrow(/concurency/)
  })

  it('that miss their provider or their factory are refused at once', () => {
    expect(() => AcuseModule.forRoot({ secret } as never)).toThrow(/takes a provider's factory/)
    expect(() => AcuseModule.forRootAsync({ provider: redcumbre } as never)).toThrow(/needs useFactory/)
  })
})

describe('a context without HTTP', () => {
  it('handles at its start what another process accepted', async () => {
    const file = join(folder, 'webhooks.db')
    const accepting = await NestFactory.createApplicationContext(
      shopModule({ inbox: sqliteInbox(file), work: false }),
      quiet,
    )
    expect(await acceptOnly(accepting.get(getReceiverToken(redcumbre)))).toBe(200)
    expect(accepting.get(Ledger).entries).toEqual([])
    await accepting.close()

    const handled = deferred()
    const worker = await NestFactory.createApplicationContext(
      shopModule({
        inbox: sqliteInbox(file),
        observer: ({ type }) => void (type === 'handled' && handled.resolve()),
      }),
      quiet,
    )
    await handled.promise
    expect(worker.get(Ledger).entries).toEqual([[expect.any(String), 194_062]])
    await worker.close()
  })
})

/** Sends one event, and does not wait for a handler. */
async function acceptOnly(receiver: Receiver<RedcumbreEvents>): Promise<number | undefined> {
  const answer = toFetchHandler(receiver)
  const sender = createSender({
    provider: redcumbre,
    secret,
    fetch: async (url, init) => answer(new Request(url, init)),
    attemptDelaysMs: [0],
  })
  return (await sender.send('bhe.emitida')).status
}

describe.each(platforms)('an app of @nestjs/testing on %s', (_name, make) => {
  it('receives as one of NestFactory does', async () => {
    const receiving = shopModule({ ipAllowlist: ['127.0.0.1'] })
    const module = await Test.createTestingModule({ imports: [receiving] }).compile()
    const app = module.createNestApplication(make())
    await app.init()
    await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready?.()
    await app.listen(0, '127.0.0.1')
    const url = `${await app.getUrl()}/webhooks/redcumbre`
    const { status } = await createSender({ provider: redcumbre, secret, url, attemptDelaysMs: [0] }).send(
      'bhe.emitida',
    )
    expect(status).toBe(200)
    await app.close()
    expect(app.get(Ledger).entries).toHaveLength(1)
  })
})

describe.each(platforms)('a middleware of an app of @nestjs/testing on %s', (_name, make) => {
  it('sees the address of the client on other routes', async () => {
    const module = await Test.createTestingModule({ imports: [shopModule({})] }).compile()
    const app = module.createNestApplication(make(), { logger: false })
    const seen: unknown[] = []
    app.use((request: { readonly ip?: string }, _response: unknown, next: () => void) => {
      seen.push(request.ip)
      next()
    })
    await app.listen(0, '127.0.0.1')
    expect((await fetch(`${await app.getUrl()}/elsewhere`)).status).toBe(404)
    expect(seen).toEqual([expect.stringContaining('127.0.0.1')])
    await app.close()
  })
})

describe('a TestingModule that becomes no app', () => {
  it('needs no HTTP', async () => {
    const module = await Test.createTestingModule({ imports: [shopModule({})] }).compile()
    await module.init()
    expect(await deliver(module, 'bhe.emitida')).toBe(200)
    expect(module.get(Ledger).entries).toHaveLength(1)
    await module.close()
  })
})

describe('a platform that is neither Express nor Fastify', () => {
  it('is refused when the app starts, with the remedy', async () => {
    class Other extends ExpressAdapter {
      override getType(): string {
        return 'other'
      }
    }
    const app = await NestFactory.create(shopModule({}), new Other(), quiet)
    await expect(app.init()).rejects.toThrow(/this one is 'other': use @acuse\/core's toNodeHandler/)
  })
})

/** What handlers write with: it is taken away when Nest destroys its module. */
@Injectable()
class Database implements OnModuleDestroy {
  isOpen = true
  readonly began = deferred()
  readonly gate = deferred()
  readonly seen: boolean[] = []
  onModuleDestroy(): void {
    this.isOpen = false
  }
}

@Module({ providers: [Database], exports: [Database] })
class DatabaseModule {}

@Injectable()
class Slow {
  constructor(readonly database: Database) {}
  @WebhookHandler(redcumbre, 'bhe.emitida')
  async issued(_event: EventOf<RedcumbreEvents, 'bhe.emitida'>): Promise<void> {
    this.database.began.resolve()
    await this.database.gate.promise
    for (let turn = 0; turn < 20; turn += 1) await nextTurn()
    this.database.seen.push(this.database.isOpen)
  }
}

describe.each(platforms)('close on %s', (_name, make) => {
  it('answers 503 to new deliveries, and lets handlers finish while what they use is there', async () => {
    const shop = await openShop(make, { metadata: { imports: [DatabaseModule], providers: [Slow] } })
    const database = shop.app.get(Database)
    await shop.sender().send('bhe.emitida')
    await database.began.promise
    const closed = shop.app.close()
    const late = await shop.sender().send('bhe.emitida')
    database.gate.resolve()
    await closed
    expect(late.status).toBe(503)
    expect(database.seen).toEqual([true])
    expect(database.isOpen).toBe(false)
  })
})
