// An app of Nest as `nest new` lays it out, in one file: compiled and run with each major version and on each platform.
import 'reflect-metadata'
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AcuseModule, type EventOf, WebhookHandler } from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { sqliteInbox } from '@acuse/sqlite'
import { Body, Controller, Injectable, Module, type OnModuleDestroy, Post, Query } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'

const { PLATFORM, SECRET, INBOX = '', WORK } = process.env

@Injectable()
export class Ledger implements OnModuleDestroy {
  state = 'open'
  enter(net: number): void {
    console.log(`handled ${net}, the ledger is ${this.state}`)
  }
  onModuleDestroy(): void {
    this.state = 'closed'
  }
}

@Module({ providers: [Ledger], exports: [Ledger] })
export class LedgerModule {}

@Injectable()
export class Invoices {
  constructor(private readonly ledger: Ledger) {}

  @WebhookHandler(redcumbre, 'bhe.emitida')
  async issued({ payload }: EventOf<RedcumbreEvents, 'bhe.emitida'>): Promise<void> {
    if (payload.folioSii === 'slow') {
      console.log('began')
      await once(process, 'SIGTERM')
      for (let turn = 0; turn < 20; turn += 1) await nextTurn()
    }
    this.ledger.enter(payload.montos.liquido)
  }
}

@Controller('orders')
export class Orders {
  @Post()
  create(@Body() body: object, @Query() query: object): object {
    return { got: body, query }
  }
}

@Module({
  imports: [
    LedgerModule,
    AcuseModule.forRootAsync({
      provider: redcumbre,
      useFactory: () => ({ secret: SECRET, inbox: sqliteInbox(INBOX), work: WORK !== 'no' }),
    }),
  ],
  controllers: [Orders],
  providers: [Invoices],
})
export class AppModule {}

async function main(): Promise<void> {
  if (PLATFORM === undefined) {
    const context = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] })
    context.enableShutdownHooks()
    return console.log('working')
  }
  const adapter = PLATFORM === 'express' ? new ExpressAdapter() : new FastifyAdapter()
  const app = await NestFactory.create(AppModule, adapter, { logger: ['warn', 'error'] })
  app.enableShutdownHooks()
  app.setGlobalPrefix('api')
  if (PLATFORM === 'express')
    (app as NestExpressApplication).set('query parser', (text: string) => ({ parsedByApp: text }))
  await app.listen(0, '127.0.0.1')
  console.log(`listening on ${await app.getUrl()}`)
}

if (process.env['RUN']) void main()
