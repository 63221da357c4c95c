import type { StripeEvent, StripeEvents } from './events.ts'

const snapshot = <Name extends string>(type: Name, object: Record<string, unknown>): StripeEvent<Name> => ({
  id: 'evt_1NG8Du2eZvKYlo2CUI79vXWy',
  object: 'event',
  type,
  api_version: '2025-03-31.basil',
  created: 1_686_089_970,
  livemode: false,
  pending_webhooks: 1,
  data: { object },
  request: { id: null, idempotency_key: null },
})

/** In the form of Stripe's reference. */
export const samples: Partial<StripeEvents> = {
  'invoice.paid': snapshot('invoice.paid', {
    id: 'in_1MtHbELkdIwHu7ixl4OzzPMv',
    object: 'invoice',
    amount_paid: 2_000,
    currency: 'usd',
    customer: 'cus_NeZwdNtLEOXuvB',
    status: 'paid',
  }),
  'checkout.session.completed': snapshot('checkout.session.completed', {
    id: 'cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2znZKdVujZ0N0S22u',
    object: 'checkout.session',
    payment_status: 'paid',
    status: 'complete',
  }),
  'payment_intent.succeeded': snapshot('payment_intent.succeeded', {
    id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
    object: 'payment_intent',
    amount: 2_000,
    currency: 'usd',
    status: 'succeeded',
  }),
  'customer.subscription.updated': {
    ...snapshot('customer.subscription.updated', {
      id: 'sub_1MowQVLkdIwHu7ixeRlqHVzs',
      object: 'subscription',
      status: 'active',
    }),
    data: {
      object: { id: 'sub_1MowQVLkdIwHu7ixeRlqHVzs', object: 'subscription', status: 'active' },
      previous_attributes: { status: 'incomplete' },
    },
  },
  'v2.core.account.updated': {
    id: 'evt_test_65R2GpcZ',
    object: 'v2.core.event',
    type: 'v2.core.account.updated',
    created: '2025-04-29T23:42:05.217Z',
    livemode: false,
    context: null,
    related_object: {
      id: 'acct_1T93JHCBT3BCrJ',
      type: 'v2.core.account',
      url: '/v2/core/accounts/acct_1T93JHCBT3BCrJ',
    },
    reason: null,
  },
}
