import type { N8nEvents } from './events.ts'

/** What a workflow may send. */
export const samples: N8nEvents = {
  message: { execution: '231', order: 1, total: 1000 },
  'order.paid': { execution: '232', order: 1, total: 1000 },
}
