import type { TwilioEvents } from './events.ts'

const account = { AccountSid: 'AC00000000000000000000000000000000', ApiVersion: '2010-04-01' }
const sender = '+15005550006'
const recipient = '+15005550001'

/** In the form of Twilio's documents, with its test numbers. */
export const samples: { readonly [Name in keyof TwilioEvents]: TwilioEvents[Name] } = {
  'message.received': {
    ...account,
    MessageSid: 'SM00000000000000000000000000000000',
    From: sender,
    To: recipient,
    Body: 'Hello',
    NumMedia: '0',
    SmsStatus: 'received',
  },
  'message.status': {
    ...account,
    MessageSid: 'SM00000000000000000000000000000000',
    From: recipient,
    To: sender,
    MessageStatus: 'delivered',
    SmsStatus: 'delivered',
  },
  call: {
    ...account,
    CallSid: 'CA00000000000000000000000000000000',
    From: sender,
    To: recipient,
    CallStatus: 'ringing',
    Direction: 'inbound',
  },
  'call.status': {
    ...account,
    CallSid: 'CA00000000000000000000000000000000',
    From: sender,
    To: recipient,
    CallStatus: 'completed',
    CallDuration: '15',
    CallbackSource: 'call-progress-events',
    SequenceNumber: '2',
  },
  'recording.status': {
    ...account,
    CallSid: 'CA00000000000000000000000000000000',
    RecordingSid: 'RE00000000000000000000000000000000',
    RecordingStatus: 'completed',
    RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC0/Recordings/RE0',
  },
}
