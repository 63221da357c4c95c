import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { AppModule } from './app.module'

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    logger: ['error'],
  })
  app.enableShutdownHooks()
  await app.listen(Number(process.env.PORT), '127.0.0.1')
  console.log(`listening on ${await app.getUrl()}`)
}
void bootstrap()
