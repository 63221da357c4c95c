import { Inject } from '@nestjs/common'
import { getReceiverToken, type WebhookSource } from './source.ts'

/**
 * Injects a receiver of {@link AcuseModule} into a constructor's parameter or a property: for its inbox, its dead letters, or handlers of a function.
 * @throws TypeError when the source is none
 * @example
 * import { InjectReceiver, type Receiver } from '@acuse/nestjs'
 * import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
 * import { Injectable } from '@nestjs/common'
 *
 * \@Injectable()
 * export class Backlog {
 *   \@InjectReceiver(redcumbre) private readonly receiver!: Receiver<RedcumbreEvents>
 *
 *   async waiting(): Promise<number | undefined> {
 *     return (await this.receiver.inbox?.stats())?.waiting
 *   }
 * }
 */
export function InjectReceiver<Events extends object>(
  source: WebhookSource<Events>,
): PropertyDecorator & ParameterDecorator {
  return Inject(getReceiverToken(source))
}
