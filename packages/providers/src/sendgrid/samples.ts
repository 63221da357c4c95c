import type { SendgridEvent, SendgridEvents } from './events.ts'

const event = <Name extends string>(name: Name): SendgridEvent<Name> => ({
  email: 'example@example.com',
  timestamp: 1_513_299_569,
  'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
  event: name,
  category: ['cat facts'],
  sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
  sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
})

/** In the form of SendGrid's reference. */
export const samples: Partial<SendgridEvents> = {
  processed: event('processed'),
  delivered: { ...event('delivered'), response: '250 OK' },
  bounce: { ...event('bounce'), reason: '500 unknown recipient', status: '5.0.0', type: 'bounce' },
  open: { ...event('open'), useragent: 'Mozilla/4.0', ip: '192.0.2.1' },
  click: { ...event('click'), useragent: 'Mozilla/4.0', ip: '192.0.2.1', url: 'https://example.com/' },
}
