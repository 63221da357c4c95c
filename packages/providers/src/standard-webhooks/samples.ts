import type { StandardWebhooksEvents } from './events.ts'

/** The example of the specification. */
export const samples: StandardWebhooksEvents = {
  'contact.created': {
    type: 'contact.created',
    timestamp: '2022-11-03T20:26:10.344522Z',
    data: { id: '1f81eb52-5198-4599-803e-771906343485', type: 'contact', fullName: 'John Smith' },
  },
}
