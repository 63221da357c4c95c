import type { ResendEmail, ResendEvents } from './events.ts'

const created_at = '2026-02-22T23:41:12.126Z'
const data: ResendEmail = {
  broadcast_id: '8b146471-e88e-4322-86af-016cd36fd216',
  created_at: '2026-02-22T23:41:11.894719+00:00',
  email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
  message_id: '<56761188-7520-42d8-8898-ff6fc54ce618@resend.dev>',
  from: 'Acme <onboarding@resend.dev>',
  to: ['delivered@resend.dev'],
  subject: 'Sending this example',
}

/** Payloads in the form of Resend's documents. */
export const samples: Pick<
  ResendEvents,
  'email.sent' | 'email.delivered' | 'email.bounced' | 'email.clicked' | 'email.received' | 'contact.created'
> = {
  'email.sent': { type: 'email.sent', created_at, data },
  'email.delivered': { type: 'email.delivered', created_at, data },
  'email.bounced': {
    type: 'email.bounced',
    created_at,
    data: {
      ...data,
      bounce: { message: 'The recipient is on a suppression list', subType: 'Suppressed', type: 'Permanent' },
    },
  },
  'email.clicked': {
    type: 'email.clicked',
    created_at,
    data: {
      ...data,
      click: {
        ipAddress: '192.0.2.1',
        link: 'https://resend.com',
        timestamp: '2026-02-24T05:00:57.163Z',
        userAgent: 'Mozilla/5.0',
      },
    },
  },
  'email.received': {
    type: 'email.received',
    created_at,
    data: { ...data, cc: [], bcc: [], received_for: ['delivered@resend.dev'], attachments: [] },
  },
  'contact.created': {
    type: 'contact.created',
    created_at,
    data: {
      id: 'e169aa45-1ecf-4183-9955-b1499d5701d3',
      audience_id: '78261eea-8f8b-4381-83c6-79fa7120f1cf',
      segment_ids: ['78261eea-8f8b-4381-83c6-79fa7120f1cf'],
      created_at,
      updated_at: created_at,
      email: 'steve@example.org',
      unsubscribed: false,
    },
  },
}
