import type { MailjetEvents } from './events.ts'

/** What a message is known by; `MessageID` is smaller than real ones, which no number here can hold. */
const message = {
  MessageID: 1942177739619,
  Message_GUID: '1ab23cd4-e567-8901-2345-6789f0gh1i2j',
  email: 'api@mailjet.com',
  mj_campaign_id: 7173,
  mj_contact_id: 320,
  customcampaign: '',
  CustomID: 'helloworld',
  Payload: '',
} as const
const reader = {
  ip: '127.0.0.1',
  geo: 'US',
  agent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0',
}

/** Payloads in the form of Mailjet's documents. */
export const samples: MailjetEvents = {
  sent: {
    event: 'sent',
    time: 1433333949,
    ...message,
    mj_message_id: '1942177739619',
    smtp_reply: 'sent (250 2.0.0 OK 1433333948 fa5si855896wjc.199 - gsmtp)',
  },
  open: { event: 'open', time: 1433103519, ...message, ...reader },
  click: { event: 'click', time: 1433334653, ...message, url: 'https://mailjet.com', ...reader },
  bounce: {
    event: 'bounce',
    time: 1430812195,
    ...message,
    blocked: true,
    hard_bounce: true,
    error_related_to: 'recipient',
    error: 'user unknown',
  },
  blocked: {
    event: 'blocked',
    time: 1430812195,
    ...message,
    error_related_to: 'recipient',
    error: 'user unknown',
  },
  spam: { event: 'spam', time: 1430812195, ...message, source: 'JMRPP' },
  unsub: { event: 'unsub', time: 1433334941, ...message, mj_list_id: 1, ...reader },
}
