import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { Provider } from '@acuse/core'
import type { ProviderAbility, ProviderSubject } from '@acuse/core/testing'
import { bitbucket } from '@acuse/providers/bitbucket'
import { calendly } from '@acuse/providers/calendly'
import { clerk } from '@acuse/providers/clerk'
import { clickup } from '@acuse/providers/clickup'
import { cloudEvents } from '@acuse/providers/cloudevents'
import { discord } from '@acuse/providers/discord'
import { docusign } from '@acuse/providers/docusign'
import { eventGrid } from '@acuse/providers/event-grid'
import { fintoc } from '@acuse/providers/fintoc'
import { flow } from '@acuse/providers/flow'
import { hmacProvider } from '@acuse/providers/generic'
import { github } from '@acuse/providers/github'
import { gitlab } from '@acuse/providers/gitlab'
import { hubspot } from '@acuse/providers/hubspot'
import { intercom } from '@acuse/providers/intercom'
import { jumpseller } from '@acuse/providers/jumpseller'
import { khipu, khipuOld } from '@acuse/providers/khipu'
import { linear } from '@acuse/providers/linear'
import { mailjet } from '@acuse/providers/mailjet'
import { make } from '@acuse/providers/make'
import { mercadoPago } from '@acuse/providers/mercado-pago'
import { meta } from '@acuse/providers/meta'
import { n8n } from '@acuse/providers/n8n'
import { notion } from '@acuse/providers/notion'
import { paddle } from '@acuse/providers/paddle'
import { paypal } from '@acuse/providers/paypal'
import { redcumbre } from '@acuse/providers/redcumbre'
import { resend } from '@acuse/providers/resend'
import { sendgrid } from '@acuse/providers/sendgrid'
import { shopify } from '@acuse/providers/shopify'
import { slack } from '@acuse/providers/slack'
import { sns } from '@acuse/providers/sns'
import { square } from '@acuse/providers/square'
import { standardWebhooks } from '@acuse/providers/standard-webhooks'
import { stripe } from '@acuse/providers/stripe'
import { svix } from '@acuse/providers/svix'
import { trello } from '@acuse/providers/trello'
import { twilio } from '@acuse/providers/twilio'
import { typeform } from '@acuse/providers/typeform'
import { xero } from '@acuse/providers/xero'
import { zenpli } from '@acuse/providers/zenpli'
import { zoom } from '@acuse/providers/zoom'

/** A provider of the catalogue, and how it is made with fresh keys. */
export interface CatalogueEntry<Key = unknown> extends Pick<ProviderSubject<Key>, 'provider' | 'sender'> {
  /** A fresh key. */
  readonly secret: () => Key
  /** What its suite leaves out beside what its data say, and why. */
  readonly without?: Readonly<Partial<Record<ProviderAbility, string>>>
}

/** To whoever makes keys by `secret` and gives them back, their type is nothing. */
function entry<Key>(given: CatalogueEntry<Key>): CatalogueEntry {
  return given as unknown as CatalogueEntry
}

type Texts = string | readonly string[]

/** A provider with a shared secret. */
function shared(
  provider: (secret: Texts) => Provider<object>,
  without: NonNullable<CatalogueEntry['without']> = {},
  secret: () => string = hex,
): CatalogueEntry {
  return entry<string>({ secret, provider, without })
}

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** A provider with a public key, and its sender with the private one. */
function pairs(
  secret: () => KeyPair,
  provider: (publicKeys: KeyObject[]) => Provider<object>,
  sender: (privateKey: KeyObject) => Provider<object>,
): CatalogueEntry {
  return entry<KeyPair>({
    secret,
    provider: (given) => provider([given].flat().map(({ publicKey }) => publicKey)),
    sender: ({ privateKey }) => sender(privateKey),
  })
}

const hex = () => randomBytes(24).toString('hex')
const whsec = () => `whsec_${randomBytes(24).toString('base64')}`
const basic = () => `acuse:${hex()}`
const rsaPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const edPair = () => generateKeyPairSync('ed25519')
const ecPair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

/** The address that senders were given, where they sign it. */
export const publicUrl = 'https://app.example.cl/webhooks/here'
/** The text that a handshake must repeat. */
export const verifyToken = 'a-token-of-ours'
/** The id that PayPal signs. */
export const webhookId = '8PT597110X687430LKGECATA'
/** Where the certificate of PayPal is. */
export const paypalCertificate =
  'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-7a5aae4e'
/** Where the certificate of SNS is. */
export const snsCertificate =
  'https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem'
const topic = 'arn:aws:sns:sa-east-1:123456789012:pagos'
const orders = {
  'order.paid': { id: 'o-1', total: 990 },
  'v2.order.paid': { id: 'o-2', total: { amount: 1 } },
}
const oneTopic = 'keys are fetched, and named by what a message says'

/** `fetch` of a host that has this key, and nothing else, at the address that a sample names. */
function servesKey({ publicKey }: KeyPair, address: string) {
  const body = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))
  return async (url: string) => {
    const isThere = url === address
    return { status: isThere ? 200 : 404, body: isThere ? body : Buffer.alloc(0) }
  }
}

/** Every provider of the catalogue, and each way to prove its requests. */
export const everyProvider: { readonly [name: string]: CatalogueEntry } = {
  bitbucket: shared(bitbucket),
  calendly: shared(calendly),
  clerk: shared(clerk, {}, whsec),
  clickup: shared(clickup),
  cloudevents: shared(cloudEvents),
  discord: pairs(edPair, discord, (privateKey) => discord(undefined, { privateKey })),
  docusign: shared(docusign),
  'event-grid': shared(eventGrid),
  fintoc: shared(fintoc),
  flow: shared(flow),
  generic: shared((secret) => hmacProvider({ name: 'generic', secret, samples: orders })),
  github: shared(github),
  'gitlab by signing token': shared((signingToken) => gitlab({ signingToken }), {}, whsec),
  'gitlab by secret token': shared((secretToken) => gitlab({ secretToken })),
  hubspot: shared((secret) => hubspot(secret, { publicUrl })),
  intercom: shared(intercom),
  jumpseller: shared(jumpseller),
  khipu: shared(khipu),
  'khipu, old': shared((secret) => khipuOld(secret)),
  linear: shared(linear),
  mailjet: shared(mailjet, {}, basic),
  make: shared(make),
  'mercado-pago': shared((secret) => mercadoPago(secret), {
    retry: 'an attempt that came too late comes again as another event: it signs nothing that attempts share',
  }),
  meta: shared((appSecret) => meta({ appSecret, verifyToken })),
  n8n: shared(n8n),
  notion: shared(notion),
  paddle: shared(paddle),
  paypal: entry<KeyPair>({
    secret: rsaPair,
    provider: (given) =>
      paypal(webhookId, { fetch: servesKey([given].flat()[0] as KeyPair, paypalCertificate) }),
    sender: ({ privateKey }) => paypal(webhookId, { privateKey }),
    without: { rotation: oneTopic },
  }),
  redcumbre: shared(redcumbre, {
    volatile: 'its time is not compared, but tells events apart that name no thing',
  }),
  resend: shared(resend, {}, whsec),
  sendgrid: pairs(ecPair, sendgrid, (privateKey) => sendgrid(undefined, { privateKey })),
  shopify: shared(shopify),
  slack: shared(slack),
  sns: entry<KeyPair>({
    secret: rsaPair,
    provider: (given) => sns(topic, { privateKey: ([given].flat()[0] as KeyPair).privateKey }),
    without: { rotation: oneTopic },
  }),
  'sns by certificate': entry<KeyPair>({
    secret: rsaPair,
    provider: (given) => sns(topic, { fetch: servesKey([given].flat()[0] as KeyPair, snsCertificate) }),
    sender: ({ privateKey }) => sns(topic, { privateKey }),
    without: { rotation: oneTopic, volatile: 'one of its volatile fields names the key' },
  }),
  square: shared((secret) => square(secret, { publicUrl })),
  'standard-webhooks, v1': shared(standardWebhooks, {}, whsec),
  'standard-webhooks, v1a': pairs(
    edPair,
    (publicKey) => standardWebhooks({ publicKey }),
    (privateKey) => standardWebhooks({ privateKey }),
  ),
  stripe: shared(stripe),
  svix: shared(svix, {}, whsec),
  trello: shared((secret) => trello(secret, { publicUrl })),
  twilio: shared((secret) => twilio(secret, { publicUrl })),
  typeform: shared(typeform),
  xero: shared(xero),
  'zenpli by RSA': pairs(
    rsaPair,
    (publicKey) => zenpli({ rsa: publicKey, timestamp: 'required' }),
    (rsaPrivateKey) => zenpli({ rsaPrivateKey, timestamp: 'required' }),
  ),
  'zenpli by HMAC': shared((secret) => zenpli({ hmac: secret })),
  'zenpli by API key': shared((secret) => zenpli({ apiKey: secret })),
  zoom: shared(zoom),
}
