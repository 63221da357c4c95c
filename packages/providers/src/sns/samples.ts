import type { SnsEvents } from './events.ts'

const TopicArn = 'arn:aws:sns:us-west-2:123456789012:MyTopic'
const Timestamp = '2026-11-25T18:59:16.980Z'
const Token = '2336412f37fb687f5d51e6e241d09c805a5a57b30d712f79'
const SubscribeURL = `https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TopicArn}&Token=${Token}`
const unsigned = {
  SignatureVersion: '2',
  Signature: '',
  SigningCertURL:
    'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem',
} as const

/** In the form of «Parsing message formats». */
export const samples: SnsEvents = {
  Notification: {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn,
    Subject: 'My First Message',
    Message: 'Hello world!',
    Timestamp,
    ...unsigned,
    UnsubscribeURL: `https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${TopicArn}:c9135db0`,
  },
  SubscriptionConfirmation: {
    Type: 'SubscriptionConfirmation',
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    Token,
    TopicArn,
    Message: `You have chosen to subscribe to the topic ${TopicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL,
    Timestamp,
    ...unsigned,
  },
  UnsubscribeConfirmation: {
    Type: 'UnsubscribeConfirmation',
    MessageId: '47138184-6831-46b8-8f7c-afc488602d7d',
    Token,
    TopicArn,
    Message: `You have chosen to deactivate subscription ${TopicArn}:c9135db0.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL,
    Timestamp,
    ...unsigned,
  },
}
