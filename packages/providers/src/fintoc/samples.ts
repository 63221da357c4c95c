import type { FintocEvent, FintocEventName, FintocEvents, FintocResource } from './events.ts'

function event<Name extends FintocEventName>(type: Name, data: FintocResource): FintocEvent<Name> {
  return {
    id: 'evt_a4xK32BanKWYn',
    object: 'event',
    type,
    mode: 'test',
    created_at: '2025-04-05T21:57:31.834Z',
    data,
  }
}

/** A payment, as Fintoc's SDK tests itself with one. */
function payment(status: string): FintocResource {
  return {
    id: 'pi_2vKOKniSGXRhXTKrJ67VXZxGCVt',
    object: 'payment_intent',
    mode: 'test',
    amount: 1000,
    currency: 'CLP',
    status,
    payment_type: 'bank_transfer',
    reference_id: null,
    customer_email: null,
    metadata: { order: '1026' },
    created_at: '2025-04-05T21:57:17Z',
  }
}

/** One payload for each main event. */
export const samples: Partial<FintocEvents> = {
  'payment_intent.succeeded': event('payment_intent.succeeded', payment('succeeded')),
  'payment_intent.failed': event('payment_intent.failed', payment('failed')),
  'checkout_session.finished': event('checkout_session.finished', {
    id: 'cs_2vKOKniSGXRhXTKrJ67VXZxGCVt',
    object: 'checkout_session',
    status: 'finished',
    amount: 1000,
    currency: 'CLP',
  }),
  'transfer.inbound.succeeded': event('transfer.inbound.succeeded', {
    id: 'tr_2vKOKniSGXRhXTKrJ67VXZxGCVt',
    object: 'transfer',
    status: 'succeeded',
    amount: 59013,
    currency: 'MXN',
  }),
  'account.refresh_intent.succeeded': event('account.refresh_intent.succeeded', {
    object: 'refresh_intent',
    refreshed_object: 'account',
    refreshed_object_id: 'acc_00000000',
    status: 'succeeded',
    type: 'only_last',
    new_movements: 5,
  }),
}
