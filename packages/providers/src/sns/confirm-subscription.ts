import { UnrecoverableError } from '@acuse/core'
import type { SnsSubscriptionConfirmation } from './events.ts'
import { hostOf, regionOf } from './topic-arn.ts'

/** Options of {@link confirmSubscription}. */
export interface ConfirmSubscriptionOptions {
  /** Visits the address. Default: the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch
  /** Aborts the visit, such as the handler's `context.signal`. Default: 10 s. */
  readonly signal?: AbortSignal
}

/**
 * Confirms a subscription, as a handler: visits the signed `SubscribeURL`, where that is the action `ConfirmSubscription` of
 * SNS in the topic's own region, and follows no redirect. A visit that fails is tried again, as any handler.
 * @throws UnrecoverableError when the address is another one; Error when SNS does not answer 200
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { confirmSubscription, sns } from '@acuse/providers/sns'
 *
 * const receiver = createReceiver(sns('arn:aws:sns:sa-east-1:123456789012:pagos'))
 * receiver.on('SubscriptionConfirmation', ({ payload }, { signal }) => confirmSubscription(payload, { signal }))
 */
export async function confirmSubscription(
  { SubscribeURL, TopicArn }: Pick<SnsSubscriptionConfirmation, 'SubscribeURL' | 'TopicArn'>,
  { fetch = globalThis.fetch, signal = AbortSignal.timeout(10_000) }: ConfirmSubscriptionOptions = {},
): Promise<void> {
  const region = regionOf(TopicArn)
  if (region === undefined || !isConfirmation(SubscribeURL, hostOf(region)))
    throw new UnrecoverableError(
      'SubscribeURL does not confirm a subscription at SNS in the region of the topic',
    )
  const response = await fetch(SubscribeURL, { redirect: 'error', signal })
  // Unread bodies keep their connections.
  await response.body?.cancel()
  if (response.status !== 200)
    throw new Error(`SNS answered the confirmation of ${TopicArn} with ${response.status}`)
}

function isConfirmation(address: string, host: string): boolean {
  if (!URL.canParse(address)) return false
  const { origin, username, password, pathname, searchParams } = new URL(address)
  const isPlain = username === '' && password === '' && pathname === '/'
  return isPlain && origin === `https://${host}` && searchParams.get('Action') === 'ConfirmSubscription'
}
