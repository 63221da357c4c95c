import { X509Certificate } from 'node:crypto'
import type { KeyFetch } from '@acuse/core/provider-kit'
import { clickup } from '@acuse/providers/clickup'
import { cloudEvents } from '@acuse/providers/cloudevents'
import { discord } from '@acuse/providers/discord'
import { flow } from '@acuse/providers/flow'
import { hmacProvider } from '@acuse/providers/generic'
import { github } from '@acuse/providers/github'
import { intercom } from '@acuse/providers/intercom'
import { jumpseller } from '@acuse/providers/jumpseller'
import { linear } from '@acuse/providers/linear'
import { mailjet } from '@acuse/providers/mailjet'
import { make } from '@acuse/providers/make'
import { mercadoPago } from '@acuse/providers/mercado-pago'
import { meta } from '@acuse/providers/meta'
import { n8n } from '@acuse/providers/n8n'
import { notion } from '@acuse/providers/notion'
import { paypal } from '@acuse/providers/paypal'
import { sendgrid } from '@acuse/providers/sendgrid'
import { shopify } from '@acuse/providers/shopify'
import { slack } from '@acuse/providers/slack'
import { sns } from '@acuse/providers/sns'
import { standardWebhooks } from '@acuse/providers/standard-webhooks'
import { stripe } from '@acuse/providers/stripe'
import { twilio } from '@acuse/providers/twilio'
import { zoom } from '@acuse/providers/zoom'
import type { CaseFile } from './case-files.ts'
import type { AnyProvider } from './serve.ts'

type SetUp = CaseFile['setUp']

/** The certificate of a case, whatever the address. */
function certificateOf({ certificatePem }: SetUp): KeyFetch {
  const { raw } = new X509Certificate(String(certificatePem))
  const pem = `-----BEGIN CERTIFICATE-----\n${raw.toString('base64')}\n-----END CERTIFICATE-----\n`
  return async () => ({ status: 200, body: Buffer.from(pem) })
}

/** The provider of each file, as its set-up says. */
const providers: { readonly [file: string]: (setUp: SetUp) => object } = {
  'aws-sns.json': (setUp) => sns(String(setUp['topicArn']), { fetch: certificateOf(setUp) }),
  'clickup.json': ({ secret }) => clickup(secret),
  'cloudevents.json': ({ key }) => cloudEvents(key),
  'discord.json': ({ publicKeyHex }) => discord(publicKeyHex),
  'flow.json': ({ urlSecret }) => flow(urlSecret),
  'generic-profile-seed-3.json': ({ secret }) => hmacProvider({ name: 'generic', secret }),
  'github.json': ({ secret }) => github(secret),
  'intercom.json': ({ secret }) => intercom(secret),
  'jumpseller.json': ({ secret }) => jumpseller(secret),
  'linear.json': ({ secret }) => linear(secret),
  'mailjet.json': ({ basic }) => mailjet(basic),
  'make.json': ({ key }) => make(key),
  'mercado-pago.json': ({ secret }) => mercadoPago(secret),
  'meta-whatsapp.json': ({ secret, verifyToken }) => meta({ appSecret: secret, verifyToken }),
  'n8n.json': ({ key }) => n8n(key),
  'notion.json': ({ secret }) => notion(secret),
  'paypal.json': (setUp) => paypal(String(setUp['webhookId']), { fetch: certificateOf(setUp) }),
  'sendgrid.json': ({ publicKeySpkiBase64 }) => sendgrid(publicKeySpkiBase64),
  'shopify.json': ({ secret }) => shopify(secret),
  'slack.json': ({ secret }) => slack(secret),
  'standard-webhooks.json': ({ secret }) => standardWebhooks(secret),
  'stripe.json': ({ secret }) => stripe(secret),
  'twilio.json': ({ secret, publicUrl }) => twilio(secret, { publicUrl: String(publicUrl) }),
  'zoom.json': ({ secret }) => zoom(secret),
}

/** The provider that a file's requests are for. */
export function providerOf({ file, setUp }: CaseFile): AnyProvider {
  const provider = providers[file]?.(setUp)
  if (provider === undefined) throw new Error(`No provider for the cases of ${file}`)
  return provider as AnyProvider
}
