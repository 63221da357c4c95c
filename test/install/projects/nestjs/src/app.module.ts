import { AcuseModule } from '@acuse/nestjs'
import { redcumbre } from '@acuse/providers/redcumbre'
import { Module } from '@nestjs/common'
import { InvoicesService } from './invoices.service'
import { Ledger } from './ledger.service'

@Module({
  imports: [
    AcuseModule.forRootAsync({
      provider: redcumbre,
      useFactory: () => ({ secret: process.env.REDCUMBRE_WEBHOOK_SECRET as string }),
    }),
  ],
  providers: [InvoicesService, Ledger],
})
export class AppModule {}
