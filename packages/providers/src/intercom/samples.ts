import type { IntercomEvents, IntercomNotification, IntercomTopic } from './events.ts'

function notification<Topic extends IntercomTopic>(
  topic: Topic,
  item: IntercomNotification['data']['item'],
): IntercomNotification<Topic> {
  return {
    type: 'notification_event',
    app_id: 'a86dr8yl',
    data: { type: 'notification_event_data', item },
    links: {},
    id: 'notif_78c122d0-23ba-11e4-9464-79b01267cc2e',
    topic,
    delivery_status: 'pending',
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: 1_795_633_156,
    created_at: 1_795_633_156,
    self: null,
  }
}

/** In the form of «Webhook models». */
export const samples: Partial<IntercomEvents> = {
  ping: { ...notification('ping', { type: 'ping', message: 'something something interzen' }), id: null },
  'contact.user.created': notification('contact.user.created', {
    type: 'contact',
    id: '530370b477ad7120001d',
    role: 'user',
    name: 'Ana Rojas',
  }),
  'conversation.user.created': notification('conversation.user.created', {
    type: 'conversation',
    id: '147',
    state: 'open',
    source: { type: 'conversation', body: '<p>¿Dónde está mi boleta?</p>' },
  }),
  'conversation.user.replied': notification('conversation.user.replied', {
    type: 'conversation',
    id: '147',
    state: 'open',
  }),
  'ticket.created': notification('ticket.created', { type: 'ticket', id: '491', category: 'Customer' }),
}
