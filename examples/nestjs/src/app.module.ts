import { AcuseModule } from '@acuse/nestjs'
import { redcumbre } from '@acuse/providers/redcumbre'
import { sqliteInbox } from '@acuse/sqlite'
import { Module } from '@nestjs/common'
import { ConfigModule, ConfigService } from '@nestjs/config'
import { InvoicesService } from './invoices.service.js'

@Module({
  imports: [
    AcuseModule.forRootAsync({
      provider: redcumbre,
      imports: [ConfigModule.forRoot()],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        secret: config.getOrThrow<string>('REDCUMBRE_WEBHOOK_SECRET'),
        inbox: sqliteInbox(config.get<string>('INBOX', 'webhooks.db')),
        // 'no': this process accepts, and `worker.ts` handles.
        work: config.get<string>('WORK') !== 'no',
      }),
    }),
  ],
  providers: [InvoicesService],
})
export class AppModule {}
