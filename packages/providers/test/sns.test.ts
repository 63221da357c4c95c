import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { confirmSubscription, parseMessage, sns } from '../src/sns/index.ts'
import { bench } from './support/clouds.ts'
import { certificatePem, messages } from './support/sns.ts'

const topic = 'arn:aws:sns:sa-east-1:123456789012:pagos'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Answers with the certificate, and remembers what it was asked for. */
function certificates() {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    return { status: 200, body: Buffer.from(certificatePem) }
  }
  return { asked, fetch }
}

/** A `fetch` that remembers what it was asked for. */
function visits(answer: () => Response = () => new Response('<ConfirmSubscriptionResponse/>')) {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    return answer()
  }
  return { asked, fetch }
}

const fields = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const

type Message = Record<string, string>

const notification: Message = {
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: topic,
  Message: 'hola',
  Timestamp: '2026-11-25T18:59:16.980Z',
}

/** Signed with the private key, as SNS signs. */
function signed(message: Message, hash: 'sha1' | 'sha256' = 'sha256'): Message {
  const text = fields.map((name) => (name in message ? `${name}\n${message[name]}\n` : '')).join('')
  const Signature = sign(hash, Buffer.from(text), privateKey).toString('base64')
  return { ...message, SignatureVersion: hash === 'sha1' ? '1' : '2', Signature }
}

const post = (message: object) => ({
  body: JSON.stringify(message),
  headers: { 'content-type': 'text/plain; charset=UTF-8' },
})

describe('sns', () => {
  it("verifies with the certificate of the topic's region, fetched once, by SHA-256 and by SHA-1", async () => {
    const { asked, fetch } = certificates()
    const { events, send } = bench(sns(topic, { fetch }))
    expect((await send(post(messages.confirmation))).status).toBe(200)
    expect((await send(post(messages.confirmation))).status).toBe(200)
    expect((await send(post(messages.notification))).status).toBe(200)
    expect(events.map(({ type }) => type)).toEqual(['SubscriptionConfirmation', 'Notification'])
    expect(asked).toEqual([messages.confirmation.SigningCertURL])
  })

  it('asks no other address for a certificate', async () => {
    const { asked, fetch } = certificates()
    const { events, send } = bench(sns(topic, { fetch }))
    const pem = '/SimpleNotificationService-01d088a6f77103d0fe307c0069e40ed6.pem'
    const addresses = [
      `https://sns.us-east-1.amazonaws.com${pem}`,
      `https://sns.sa-east-1.amazonaws.com.evil.example${pem}`,
      `https://sns.sa-east-1.amazonaws.com@evil.example${pem}`,
      `https://snsXsa-east-1.amazonaws.com${pem}`,
      `http://sns.sa-east-1.amazonaws.com${pem}`,
      'https://sns.sa-east-1.amazonaws.com/evil.pem',
      'https://sns.sa-east-1.amazonaws.com/?Action=GetTopicAttributes',
      'file:///etc/passwd',
    ]
    for (const SigningCertURL of addresses)
      expect((await send(post({ ...messages.confirmation, SigningCertURL }))).status, SigningCertURL).toBe(
        401,
      )
    expect(asked).toEqual([])
    expect(events).toEqual([])
  })

  it('reads signed lines in one way: no line moves from one field to another', async () => {
    const { events, send } = bench(sns(topic, { privateKey }))
    const Message = 'p\nMessageId\nfake\nSubject\nq'
    const message = signed({ ...notification, Message })
    const moved = [
      { ...message, Message: 'p', MessageId: 'fake', Subject: 'q\nMessageId\nm-1' },
      { ...message, Message: 'p', MessageId: 'fake\nSubject\nq\nMessageId\nm-1' },
      { ...message, Subject: '' },
    ]
    for (const forged of moved) expect((await send(post(forged))).status).toBe(401)
    expect((await send(post(message))).status).toBe(200)
    const withSubject = signed({ ...notification, MessageId: 'm-2', Subject: 'Pago' })
    const { Subject, ...without } = withSubject
    expect((await send(post({ ...without, Message: `hola\nSubject\n${Subject}` }))).status).toBe(401)
    expect((await send(post(withSubject))).status).toBe(200)
    expect(events.map(({ payload }) => payload)).toEqual([message, withSubject])
  })

  it('runs a message once, whatever is changed in what is not signed', async () => {
    const { events, send } = bench(sns(topic, { privateKey }))
    const message = signed(notification)
    await send(post(message))
    await send(post({ ...message, MessageAttributes: { role: { Type: 'String', Value: 'admin' } } }))
    await send(post({ ...signed(notification, 'sha1'), UnsubscribeURL: 'https://evil.example/' }))
    expect(events).toHaveLength(1)
  })

  it('takes the topics that were given, and no other', async () => {
    const another = 'arn:aws:sns:us-east-1:123456789012:avisos'
    const { events, send } = bench(sns([topic, another], { privateKey }))
    for (const [index, TopicArn] of [topic, another].entries())
      await send(post(signed({ ...notification, MessageId: `m-${index}`, TopicArn })))
    const mallory = signed({ ...notification, TopicArn: 'arn:aws:sns:sa-east-1:999999999999:pagos' })
    expect((await send(post(mallory))).status).toBe(400)
    expect(events).toMatchObject([{ payload: { TopicArn: topic } }, { payload: { TopicArn: another } }])
  })

  it.each([[''], ['pagos'], ['arn:aws:sqs:sa-east-1:123456789012:pagos'], [[]], [[topic, 7]], [undefined]])(
    'throws on %j, which is no topic',
    (given) => {
      expect(() => sns(given as string)).toThrow(TypeError)
    },
  )

  it('sends samples of the topic that was given and of its region, each with an id of its own', async () => {
    const { sending } = sns(topic, { privateKey })
    const at = new Date('2026-11-25T18:59:17Z')
    for (const [Type, sample] of Object.entries((await sending?.samples()) ?? {})) {
      const payload = sending?.stamp?.(sample as never, at) ?? {}
      expect(payload).toMatchObject({ Type, TopicArn: topic, Timestamp: '2026-11-25T18:59:17.000Z' })
      expect(payload['MessageId']).toMatch(/^22b80b92-fdea-4c2c-8f9d-0/)
      expect(payload['SigningCertURL']).toMatch(
        /^https:\/\/sns\.sa-east-1\.amazonaws\.com\/SimpleNotification/,
      )
      expect(sending?.headers?.(payload, at, Type)).toMatchObject({ 'x-amz-sns-message-type': Type })
      expect(sending?.encode?.(payload).mediaType).toMatch(/^text\/plain/)
    }
    const MessageAttributes = { sku: { Type: 'String', Value: 'x' } }
    expect(sending?.stamp?.({ MessageAttributes }, at)).toMatchObject({ MessageAttributes })
  })
})

describe('confirmSubscription', () => {
  const SubscribeURL = `https://sns.sa-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=t`

  it('visits the address that SNS signed', async () => {
    const { asked, fetch } = visits()
    await confirmSubscription(
      { SubscribeURL, TopicArn: topic },
      { fetch, signal: AbortSignal.timeout(9_000) },
    )
    const china = {
      SubscribeURL: 'https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription',
      TopicArn: 'arn:aws-cn:sns:cn-north-1:123456789012:pagos',
    }
    await confirmSubscription(china, { fetch })
    expect(asked).toEqual([SubscribeURL, china.SubscribeURL])
  })

  it.each([
    ['another host', 'https://evil.example/?Action=ConfirmSubscription'],
    ['another region', 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription'],
    ['another port', 'https://sns.sa-east-1.amazonaws.com:8443/?Action=ConfirmSubscription'],
    ['a user', 'https://a:b@sns.sa-east-1.amazonaws.com/?Action=ConfirmSubscription'],
    ['no TLS', 'http://sns.sa-east-1.amazonaws.com/?Action=ConfirmSubscription'],
    ['another path', 'https://sns.sa-east-1.amazonaws.com/x?Action=ConfirmSubscription'],
    ['another action', 'https://sns.sa-east-1.amazonaws.com/?Action=DeleteTopic'],
    ['no address', 'sns'],
  ])('visits nothing with %s', async (_, address) => {
    const { asked, fetch } = visits()
    const confirmed = confirmSubscription({ SubscribeURL: address, TopicArn: topic }, { fetch })
    await expect(confirmed).rejects.toMatchObject({ name: 'UnrecoverableError' })
    await expect(confirmSubscription({ SubscribeURL, TopicArn: 'pagos' }, { fetch })).rejects.toMatchObject({
      name: 'UnrecoverableError',
    })
    expect(asked).toEqual([])
  })

  it('fails, to be tried again, where SNS does not answer 200', async () => {
    const { fetch } = visits(() => new Response(null, { status: 503 }))
    await expect(confirmSubscription({ SubscribeURL, TopicArn: topic }, { fetch })).rejects.toThrow('503')
  })

  it("visits with the platform's fetch by default", async () => {
    const { asked, fetch } = visits()
    const { fetch: before } = globalThis
    globalThis.fetch = fetch
    try {
      await confirmSubscription({ SubscribeURL, TopicArn: topic })
    } finally {
      globalThis.fetch = before
    }
    expect(asked).toEqual([SubscribeURL])
  })
})

describe('parseMessage', () => {
  it('gives the JSON of a message, and a failure that no later attempt mends', () => {
    expect(parseMessage({ Message: '{"Records":[]}' })).toEqual({ Records: [] })
    expect(() => parseMessage({ Message: 'hola' })).toThrow(
      expect.objectContaining({ name: 'UnrecoverableError' }),
    )
  })
})
