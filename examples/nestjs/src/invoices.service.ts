import { type EventOf, type HandlerContext, WebhookHandler } from '@acuse/nestjs'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { Injectable, Logger } from '@nestjs/common'

@Injectable()
export class InvoicesService {
  readonly #logger = new Logger(InvoicesService.name)

  @WebhookHandler(redcumbre, 'bhe.emitida')
  issued({ payload }: EventOf<RedcumbreEvents, 'bhe.emitida'>): void {
    this.#logger.log(`boleta ${payload.folioSii}: ${payload.montos.liquido} CLP net`)
  }

  @WebhookHandler(redcumbre, 'bhe.emision_fallida')
  failed(
    { id, payload }: EventOf<RedcumbreEvents, 'bhe.emision_fallida'>,
    { attempt }: HandlerContext,
  ): void {
    this.#logger.warn(`not issued: ${payload.ultimoError} (event ${id}, attempt ${attempt})`)
  }
}
