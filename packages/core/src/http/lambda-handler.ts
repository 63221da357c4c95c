import { checkOptions } from '../lib/check-options.ts'
import { takeRequest } from '../receiver/misrouted.ts'
import type { Receiver } from '../receiver/receiver.ts'
import { checkReceiver } from './check-receiver.ts'
import {
  fromLambdaEvent,
  type LambdaContext,
  type LambdaEvent,
  type LambdaResult,
  toLambdaResult,
} from './lambda-event.ts'

/** A function of AWS Lambda that answers requests. */
export type LambdaHandler = (event: LambdaEvent, context?: LambdaContext) => Promise<LambdaResult>

/** Options of {@link toLambdaHandler}. */
export interface LambdaHandlerOptions {
  /**
   * The address of the client, for `ipAllowlist`. Default: `sourceIp` of the event. A load balancer's event has none: take there
   * the last address of `x-forwarded-for`, which the load balancer itself appends.
   */
  readonly clientAddress?: (event: LambdaEvent) => string | undefined
}

/** The time that an answer needs to leave the function, in milliseconds. */
const leaveMs = 250

/**
 * A function of AWS Lambda, behind API Gateway, a function URL or a load balancer. It answers on every path: routing is
 * AWS's. The body is taken as the bytes that were sent, and the answer comes before the invocation's time is over.
 * @throws TypeError when it is given no receiver, or an option cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { toLambdaHandler } from '@acuse/core/lambda'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { ack: 'handled' })
 * receiver.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * export const handler = toLambdaHandler(receiver)
 */
export function toLambdaHandler(
  receiver: Pick<Receiver<never>, 'handle'>,
  options: LambdaHandlerOptions = {},
): LambdaHandler {
  checkReceiver('toLambdaHandler', receiver)
  checkOptions('toLambdaHandler options', options, { clientAddress: 'function' })
  const { clientAddress } = options
  return async (event, context) => {
    const request = fromLambdaEvent(event)
    takeRequest(event)
    const outcome = await receiver.handle({
      ...request,
      timeLeftMs: timeLeft(context),
      // Asked by the receiver, which answers whatever it does.
      get clientAddress() {
        return clientAddress ? clientAddress(event) : request.clientAddress
      },
    })
    return toLambdaResult(outcome, event)
  }
}

function timeLeft(context: LambdaContext | undefined): number | undefined {
  const leftMs = context?.getRemainingTimeInMillis?.()
  return leftMs === undefined ? undefined : leftMs - leaveMs
}
