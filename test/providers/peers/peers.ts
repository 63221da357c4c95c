// What the senders' own packages sign, and whether they take what was signed.
import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { github } from '@acuse/providers/github'
import { sendgrid } from '@acuse/providers/sendgrid'
import { standardWebhooks } from '@acuse/providers/standard-webhooks'
import { stripe } from '@acuse/providers/stripe'
import { svix } from '@acuse/providers/svix'
import { twilio } from '@acuse/providers/twilio'
import { sign as signGithub, verify as verifyGithub } from '@octokit/webhooks-methods'
import { EventWebhook } from '@sendgrid/eventwebhook'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import { getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import type { Random } from '../../fuzz/random.ts'
import { fewOrAll } from '../../support/full.ts'
import type { AnyProvider } from '../serve.ts'
import { formParameters, jsonObject } from './payloads.ts'

/** A request without its proof. */
interface Draft {
  /** The path and the query. */
  readonly url: string
  readonly body: Buffer
}

/** A request as it arrives. */
export interface Arrived extends Draft {
  readonly headers: Readonly<Record<string, string>>
}

/** A package of a sender, and our provider. */
export interface Peer {
  readonly name: string
  readonly provider: AnyProvider
  /** The same, with the key that signs. */
  readonly sender: AnyProvider
  /** The event that our sender sends. */
  readonly event: string
  /** The path and query to send to. */
  readonly path: string
  draft(random: Random): Draft
  /** What our sender lays over its sample. */
  overrides(random: Random): object
  /** The headers of a draft, by the package. */
  sign(draft: Draft): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** Whether the package takes a request; some throw where it is not proven. */
  verify(arrived: Arrived): unknown
  /** Changes one byte. Default: any bit of the body. */
  readonly spoil?: (body: Buffer, random: Random) => Buffer
}

const secret = '5b0fb0c4b8d24a7bb0a5f3bd4d0c6e15'
const whsec = `whsec_${Buffer.from(secret).toString('base64')}`
/** How many requests of each: `pnpm peers` takes 1 000. */
export const requests: number = Number(process.env['ACUSE_PEER_REQUESTS'] ?? fewOrAll(100, 200))

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)
const idOf = (random: Random): string => random.bytes(12).toString('hex')

/** Drafts and overrides of JSON objects, with fields that every event has. */
function json(fields: (random: Random) => object, wrap = (text: string): string => text) {
  return {
    path: '/',
    draft: (random: Random): Draft => ({
      url: '/',
      body: Buffer.from(wrap(jsonObject(random, { ...fields(random) }))),
    }),
    // What our sender sends is of its own writing: a value, whose numbers JavaScript keeps.
    overrides: (random: Random): object => JSON.parse(jsonObject(random, {})) as object,
  }
}

function stripePeer(): Peer {
  const { webhooks } = new Stripe('sk_test_peer')
  const provider = stripe(secret)
  return {
    name: 'stripe',
    provider,
    sender: provider,
    event: 'invoice.paid',
    ...json((random) => ({ id: `evt_${idOf(random)}`, object: 'event', type: 'invoice.paid' })),
    sign: ({ body }) => ({
      'stripe-signature': webhooks.generateTestHeaderString({ payload: body.toString(), secret }),
    }),
    verify: ({ body, headers }) => webhooks.constructEvent(body, headers['stripe-signature'] ?? '', secret),
  }
}

function githubPeer(): Peer {
  const provider = github(secret)
  return {
    name: '@octokit/webhooks-methods',
    provider,
    sender: provider,
    event: 'push',
    ...json((random) => ({ ref: 'refs/heads/main', after: idOf(random) })),
    sign: async ({ body }) => ({
      'x-github-event': 'push',
      'x-github-delivery': crypto.randomUUID(),
      'x-hub-signature-256': await signGithub(secret, body.toString()),
    }),
    verify: ({ body, headers }) =>
      verifyGithub(secret, body.toString(), headers['x-hub-signature-256'] ?? ''),
  }
}

type StandardSigner = Pick<StandardWebhook, 'sign' | 'verify'>

function standardPeer(
  name: string,
  prefix: string,
  event: string,
  provider: AnyProvider,
  webhook: StandardSigner,
): Peer {
  return {
    name,
    provider,
    sender: provider,
    event,
    ...json(() => ({ type: event })),
    sign({ body }) {
      const id = `msg_${crypto.randomUUID()}`
      const at = new Date()
      return {
        [`${prefix}-id`]: id,
        [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1_000)),
        [`${prefix}-signature`]: webhook.sign(id, at, body),
      }
    },
    // Where it answers nothing, it did not throw.
    verify: ({ body, headers }) => webhook.verify(body, { ...headers }) ?? true,
  }
}

function twilioPeer(): Peer {
  const publicUrl = 'https://app.example.cl/webhooks/twilio'
  const path = "/webhooks/twilio?canal=soporte%20t%C3%A9cnico&o=it's"
  const provider = twilio(secret, { publicUrl })
  const addressOf = (url: string): string => publicUrl + url.slice(url.indexOf('?'))
  const parametersOf = (body: Buffer): Record<string, string | string[]> => {
    const form = new URLSearchParams(body.toString())
    return Object.fromEntries(
      [...form.keys()].map((name) => {
        const [only = '', ...others] = form.getAll(name)
        return [name, others.length === 0 ? only : [only, ...others]]
      }),
    )
  }
  return {
    name: 'twilio',
    provider: provider as AnyProvider,
    sender: provider as AnyProvider,
    event: 'message.received',
    path,
    draft(random) {
      const form = new URLSearchParams({ MessageSid: `SM${idOf(random)}`, AccountSid: 'AC1' })
      for (const [name, value] of Object.entries(formParameters(random)))
        for (const each of [value].flat()) form.append(name, each)
      return { url: path, body: Buffer.from(form.toString()) }
    },
    overrides: formParameters,
    sign: ({ url, body }) => ({
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': getExpectedTwilioSignature(secret, addressOf(url), parametersOf(body)),
    }),
    verify: ({ url, body, headers }) =>
      validateRequest(secret, headers['x-twilio-signature'] ?? '', addressOf(url), parametersOf(body)),
    // A form may be written in two ways, and mean the same: a letter of an id has one.
    spoil: (body) => Buffer.from(body.toString().replace('MessageSid=SM', 'MessageSid=SN')),
  }
}

/** The part of SendGrid's package that computes; it verifies alone, and this can sign, too. */
interface Starkbank {
  readonly PrivateKey: { fromPem(pem: string): object }
  readonly Ecdsa: { sign(message: string, key: object): { toBase64(): string } }
}

function sendgridPeer(): Peer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const shown = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const own = createRequire(import.meta.resolve('@sendgrid/eventwebhook'))
  const { PrivateKey, Ecdsa } = own('starkbank-ecdsa') as Starkbank
  const signer = PrivateKey.fromPem(privateKey.export({ type: 'sec1', format: 'pem' }).toString())
  const webhook = new EventWebhook()
  const verifier = webhook.convertPublicKeyToECDSA(shown)
  const header = 'x-twilio-email-event-webhook'
  return {
    name: '@sendgrid/eventwebhook',
    provider: sendgrid(shown) as object as AnyProvider,
    sender: sendgrid(undefined, { privateKey }) as object as AnyProvider,
    event: 'bounce',
    ...json(
      (random) => ({ event: 'open', sg_event_id: idOf(random), timestamp: nowSeconds() }),
      (text) => `[${text}]\r\n`,
    ),
    sign({ body }) {
      const timestamp = String(nowSeconds())
      return {
        [`${header}-timestamp`]: timestamp,
        [`${header}-signature`]: Ecdsa.sign(timestamp + body.toString(), signer).toBase64(),
      }
    },
    verify: ({ body, headers }) =>
      webhook.verifySignature(
        verifier,
        body,
        headers[`${header}-signature`] ?? '',
        headers[`${header}-timestamp`] ?? '',
      ),
  }
}

/** Every package of a sender that signs or verifies. */
export const peers: readonly Peer[] = [
  stripePeer(),
  githubPeer(),
  standardPeer('svix', 'svix', 'endpoint.created', svix(whsec), new SvixWebhook(whsec)),
  standardPeer(
    'standardwebhooks',
    'webhook',
    'contact.created',
    standardWebhooks(whsec),
    new StandardWebhook(whsec),
  ),
  twilioPeer(),
  sendgridPeer(),
]

/** Whether a package takes a request. */
export async function isTaken(peer: Peer, arrived: Arrived): Promise<boolean> {
  try {
    return Boolean(await peer.verify(arrived))
  } catch {
    return false
  }
}

/** The body with one byte changed. */
export function spoiled({ spoil }: Peer, body: Buffer, random: Random): Buffer {
  if (spoil) return spoil(body, random)
  const changed = Buffer.from(body)
  const at = random.below(changed.length)
  changed[at] = (changed[at] as number) ^ (1 << random.below(8))
  return changed
}
