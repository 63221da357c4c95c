import type { SquareEvents } from './events.ts'

const common = {
  merchant_id: '6SSW7HV8K2ST5',
  event_id: '13b867cf-db3d-4b1c-90b6-2f32a9d78124',
  created_at: '2020-02-06T21:27:34.308Z',
}

/** In the form of Square's reference. */
export const samples: Partial<SquareEvents> = {
  'payment.updated': {
    ...common,
    type: 'payment.updated',
    data: {
      type: 'payment',
      id: 'hYy9pRFVxpDsO1FB05SunFWUe9JZY',
      object: {
        payment: {
          id: 'hYy9pRFVxpDsO1FB05SunFWUe9JZY',
          amount_money: { amount: 100, currency: 'USD' },
          status: 'COMPLETED',
        },
      },
    },
  },
  'order.created': {
    ...common,
    type: 'order.created',
    data: {
      type: 'order_created',
      id: 'eA3vssLHKJrv9H0IdJCM3gNqfdcZY',
      object: { order_created: { order_id: 'eA3vssLHKJrv9H0IdJCM3gNqfdcZY', state: 'OPEN', version: 1 } },
    },
  },
  'customer.deleted': {
    ...common,
    type: 'customer.deleted',
    data: { type: 'customer', id: 'JDKYHBWT1D4F8MFH63DBMEN8Y4', deleted: true },
  },
}
