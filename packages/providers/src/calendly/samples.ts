import type { CalendlyEvents } from './events.ts'

const meeting = 'https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA'
const common = {
  created_at: '2020-11-23T17:51:19.000000Z',
  created_by: 'https://api.calendly.com/users/AAAAAAAAAAAAAAAA',
}
const invitee = {
  uri: `${meeting}/invitees/AAAAAAAAAAAAAAAA`,
  email: 'test@example.com',
  name: 'John Doe',
  status: 'active',
  rescheduled: false,
  event: meeting,
}

/** In the form of Calendly's documents. */
export const samples: Partial<CalendlyEvents> = {
  'invitee.created': { ...common, event: 'invitee.created', payload: invitee },
  'invitee.canceled': {
    ...common,
    event: 'invitee.canceled',
    payload: {
      ...invitee,
      status: 'canceled',
      cancellation: { canceled_by: 'John Doe', reason: null, canceler_type: 'invitee' },
    },
  },
  'routing_form_submission.created': {
    ...common,
    event: 'routing_form_submission.created',
    payload: { uri: 'https://api.calendly.com/routing_form_submissions/AAAAAAAAAAAAAAAA' },
  },
}
