import type { Registration } from '../handlers/registration.ts'
import type { Receiver } from '../receiver/receiver.ts'

/** Members of every adapter's middleware or plugin. */
export interface ReceiverAdapter<Events extends object> extends Registration<Events> {
  /** The receiver behind it: its inbox and path. */
  readonly receiver: Receiver<Events>
  /** Begins to hand out what waits in the inbox, without a request: for the start of a server or a worker. */
  work: Receiver<Events>['work']
  /** Refuses new deliveries (503), lets handlers finish, and closes the inbox. */
  close: Receiver<Events>['close']
}

/**
 * For adapters: gives a middleware or plugin the name of the function that the user called, for stack traces,
 * and the receiver's registration. One that passes requests on tells the receiver of those that miss it: `takeRequest` of those it
 * takes, `passRequest` of the others.
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { createAdapter, fromFetchRequest, toResponse } from '@acuse/core/adapter'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']))
 * const answer = async (request: Request) => toResponse(await receiver.handle(fromFetchRequest(request)))
 * export const webhooks = createAdapter('webhooks', answer, receiver)
 * webhooks.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 */
export function createAdapter<Adapter extends object, Events extends object>(
  name: string,
  adapter: Adapter,
  receiver: Receiver<Events>,
): Adapter & ReceiverAdapter<Events> {
  Object.defineProperty(adapter, 'name', { value: name })
  return Object.assign(adapter, {
    receiver,
    on: receiver.on,
    onUnknown: receiver.onUnknown,
    respond: receiver.respond,
    work: () => receiver.work(),
    close: (options?: { readonly timeoutMs?: number }) => receiver.close(options),
  })
}
