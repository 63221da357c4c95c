import type { CloudEvent } from './cloud-event.ts'

const paid: CloudEvent = {
  specversion: '1.0',
  type: 'com.example.order.paid',
  source: '/orders',
  subject: 'A-1',
  id: 'A234-1234-1234',
  time: '2026-11-25T18:59:16Z',
  datacontenttype: 'application/json',
  data: { total: 11_900, currency: 'CLP' },
}

/** In the form of «JSON Event Format»; the types are yours to name. */
export const samples: { readonly [type: string]: CloudEvent } = {
  'com.example.order.paid': paid,
  'com.example.order.refunded': { ...paid, type: 'com.example.order.refunded' },
}
