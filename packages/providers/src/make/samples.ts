import type { MakeEvents } from './events.ts'

/** What a scenario may send. */
export const samples: MakeEvents = {
  message: { order: 1, total: 1000 },
  'order.paid': { order: 1, total: 1000 },
}
