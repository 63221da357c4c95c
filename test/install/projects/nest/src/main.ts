import 'reflect-metadata'
import { closeOn } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/express'
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module'
import { InvoicesService } from './invoices.service'

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, { rawBody: true, logger: ['error'] })
  const invoices = app.get(InvoicesService)
  const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
  webhooks.on('bhe.emitida', ({ payload }) => invoices.record(payload.montos.liquido))
  app.use(webhooks)
  await app.listen(Number(process.env.PORT), '127.0.0.1')
  webhooks.work()
  closeOn(app.getHttpServer(), [webhooks, app])
  console.log(`listening on ${await app.getUrl()}`)
}
void bootstrap()
