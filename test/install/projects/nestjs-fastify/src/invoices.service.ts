import { type EventOf, WebhookHandler } from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { Injectable } from '@nestjs/common'
import { Ledger } from './ledger.service'

@Injectable()
export class InvoicesService {
  constructor(private readonly ledger: Ledger) {}

  @WebhookHandler(redcumbre, 'bhe.emitida')
  issued({ payload }: EventOf<RedcumbreEvents, 'bhe.emitida'>): void {
    const net: number = payload.montos.liquido
    this.ledger.record(net)
  }
}
