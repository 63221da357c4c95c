import type { PaypalEvents } from './events.ts'

const common = {
  id: 'WH-58D329510W468432D-8HN650336L201105X',
  create_time: '2019-02-14T21:50:07.940Z',
  event_version: '1.0',
  resource_version: '2.0',
}

/** In the form of PayPal's reference. */
export const samples: Partial<PaypalEvents> = {
  'PAYMENT.CAPTURE.COMPLETED': {
    ...common,
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource_type: 'capture',
    summary: 'Payment completed for $ 30.0 USD',
    resource: {
      id: '27M47624FP291604U',
      status: 'COMPLETED',
      amount: { currency_code: 'USD', value: '30.00' },
    },
  },
  'CHECKOUT.ORDER.APPROVED': {
    ...common,
    event_type: 'CHECKOUT.ORDER.APPROVED',
    resource_type: 'checkout-order',
    summary: 'An order has been approved by buyer',
    resource: { id: '5O190127TN364715T', status: 'APPROVED', intent: 'CAPTURE' },
  },
  'BILLING.SUBSCRIPTION.ACTIVATED': {
    ...common,
    event_type: 'BILLING.SUBSCRIPTION.ACTIVATED',
    resource_type: 'subscription',
    summary: 'A billing agreement was activated.',
    resource: { id: 'I-BW452GLLEP1G', status: 'ACTIVE', plan_id: 'P-5ML4271244454362WXNWU5NQ' },
  },
}
