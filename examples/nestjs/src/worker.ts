// The same app without HTTP: it handles what the other process accepted.
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module.js'

async function main(): Promise<void> {
  const context = await NestFactory.createApplicationContext(AppModule)
  context.enableShutdownHooks()
  console.log('working')
}

void main()
