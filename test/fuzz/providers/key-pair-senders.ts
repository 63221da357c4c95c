import { generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { paypalCertificate, webhookId } from '../../providers/every-provider.ts'
import type { Draft } from '../cases.ts'
import { addOrder, addP256Order, modulusAdder, negateS } from '../equal-signatures.ts'
import { repeatsSession } from './body-senders.ts'
import { crc32 } from './crc32.ts'
import { standardForm } from './dated-senders.ts'
import { pingGreeting } from './greetings.ts'
import { type Proof, type SignatureOptions, signature } from './proofs.ts'
import { glue, grammar, headerOf, headersOf } from './seen.ts'
import { named, type Sender, secondsOf } from './sender.ts'
import { snsSenders } from './sns-sender.ts'

/** Senders that sign with a private key, whose public one is known or fetched. */
export function keyPairSenders(): readonly Sender[] {
  const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return [
    discordSender(),
    sendgridSender(),
    standardSender(),
    paypalSender(rsaPair),
    zenpliSender(rsaPair),
    ...snsSenders(rsaPair),
  ]
}

function discordSender(): Sender {
  const pair = generateKeyPairSync('ed25519')
  const time = 'x-signature-timestamp'
  const proof = signature({
    header: 'x-signature-ed25519',
    encoding: 'hex',
    isLength: (bytes) => bytes === 64,
    make: (signed) => sign(undefined, signed, pair.privateKey),
    equal: addOrder,
    stamps: (at) => ({ [time]: secondsOf(at) }),
    content: (draft) => glue(headerOf(draft, time, grammar.seconds), draft.body),
  })
  return {
    ...named('discord', pair, proof),
    weight: 5,
    accepted: { status: 204, headers: {}, body: '' },
    greetings: pingGreeting,
  }
}

function standardSender(): Sender {
  const pair = generateKeyPairSync('ed25519')
  const proof = signature({
    ...standardForm('webhook', 'v1a,'),
    isLength: (bytes) => bytes === 64,
    make: (signed) => sign(undefined, signed, pair.privateKey),
    equal: addOrder,
  })
  return { ...named('standard-webhooks, v1a', pair, proof), weight: 5 }
}

function sendgridSender(): Sender {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const time = 'x-twilio-email-event-webhook-timestamp'
  const proof = signature({
    header: 'x-twilio-email-event-webhook-signature',
    encoding: 'base64',
    isLength: (bytes) => bytes >= 8 && bytes <= 72,
    make: (signed) => sign('sha256', signed, pair.privateKey),
    twin: negateS,
    equal: addP256Order,
    stamps: (at) => ({ [time]: secondsOf(at) }),
    content: (draft) => glue(headerOf(draft, time, grammar.seconds), draft.body),
  })
  return { ...named('sendgrid', pair, proof), weight: 5, isBatch: true }
}

/** RSA with SHA-256, whatever it signs. */
function rsaProof(
  { privateKey }: KeyPairKeyObjectResult,
  options: Pick<SignatureOptions, 'header' | 'stamps' | 'content'>,
): Proof {
  return signature({
    encoding: 'base64',
    isLength: (bytes) => bytes === 256,
    make: (signed) => sign('sha256', signed, privateKey),
    equal: modulusAdder(privateKey),
    ...options,
  })
}

function paypalSender(pair: KeyPairKeyObjectResult): Sender {
  const [id, time] = ['paypal-transmission-id', 'paypal-transmission-time']
  const proof = rsaProof(pair, {
    header: 'paypal-transmission-sig',
    stamps: (at) => ({ [id]: `t-${at.getTime()}`, [time]: at.toISOString() }),
    content: (draft) =>
      glue(
        headerOf(draft, id, grammar.id),
        '|',
        headerOf(draft, time, grammar.date),
        `|${webhookId}|${crc32(draft.body)}`,
      ),
  })
  const needs = (draft: Draft): boolean => headersOf(draft, 'paypal-cert-url').join() === paypalCertificate
  return { ...named('paypal', pair, proof), weight: 2, needs }
}

function zenpliSender(pair: KeyPairKeyObjectResult): Sender {
  const proof = rsaProof(pair, { header: 'x-zenpli-signature', content: ({ body }) => body })
  return { ...named('zenpli by RSA', pair, proof), weight: 2, needs: repeatsSession }
}
