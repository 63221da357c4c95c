// A receiver of Redcumbre's webhooks in Nest. Configured by environment variables, see README.md.
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module.js'

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule)
  app.enableShutdownHooks()
  await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1')
  console.log(`listening on ${await app.getUrl()}`)
}

void main()
