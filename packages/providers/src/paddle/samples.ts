import type { PaddleEvents } from './events.ts'

const common = {
  event_id: 'evt_01hv8x2axz06xg1hzx6jbhb1v1',
  occurred_at: '2024-04-12T10:18:49.621022Z',
  notification_id: 'ntf_01hv8x2b2tjwmr8jq4tbzq4gpa',
}

/** In the form of Paddle's reference. */
export const samples: Partial<PaddleEvents> = {
  'transaction.completed': {
    ...common,
    event_type: 'transaction.completed',
    data: {
      id: 'txn_01hv8wptq8987qeep44cyrewp9',
      status: 'completed',
      currency_code: 'USD',
      customer_id: 'ctm_01hv6y1jedq4p1n0yqn5ba3ky4',
    },
  },
  'subscription.created': {
    ...common,
    event_type: 'subscription.created',
    data: {
      id: 'sub_01hv8x29kz0t586xy6zn1a62ny',
      status: 'active',
      customer_id: 'ctm_01hv6y1jedq4p1n0yqn5ba3ky4',
    },
  },
  'customer.updated': {
    ...common,
    event_type: 'customer.updated',
    data: { id: 'ctm_01hv6y1jedq4p1n0yqn5ba3ky4', status: 'active', locale: 'en' },
  },
}
