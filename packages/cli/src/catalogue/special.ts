import { randomBytes } from 'node:crypto'
import { type CatalogueEntry, one, pick } from './entry.ts'
import { isPem, toPublicPems } from './keys.ts'

const whsec = `whsec_${'A'.repeat(43)}=`
const privateKeyFile = { example: 'key.pem', isFile: true } as const

function keyVariables(name: string): NonNullable<CatalogueEntry['variables']> {
  return { receive: `${name}_WEBHOOK_PUBLIC_KEY`, send: `${name}_WEBHOOK_PRIVATE_KEY` }
}

/** Senders that take more than one shared secret, or another key for a receiver than for a sender. */
export const special: {
  readonly [Name in
    | 'discord'
    | 'generic'
    | 'gitlab'
    | 'make'
    | 'meta'
    | 'paypal'
    | 'sendgrid'
    | 'sns'
    | 'standardWebhooks'
    | 'svix'
    | 'zenpli']: CatalogueEntry
} = {
  discord: {
    title: 'Discord',
    proof: 'Ed25519',
    key: 'public-key',
    variables: keyVariables('DISCORD'),
    async load() {
      const { discord } = await import('@acuse/providers/discord')
      return ({ role, secrets }) => {
        if (role === 'send') return discord(undefined, { privateKey: String(secrets[0]) })
        // Discord shows its key as 64 hex digits; a PEM serves as well.
        return discord(toPublicPems(secrets))
      }
    },
  },
  generic: {
    title: 'Senders of your own',
    proof: 'HMAC-SHA512',
    key: 'secret',
    options: {
      name: { example: 'orders' },
      signatureHeader: { example: 'X-Signature' },
      prefix: { example: 'sha512=' },
      encoding: { example: 'base64' },
      hash: { example: 'sha256' },
      timestampHeader: { example: 'X-Timestamp' },
      timestampFormat: { example: 'unix-ms' },
      typeHeader: { example: 'X-Event-Type' },
      idField: { example: 'id' },
      events: { example: 'order.paid,order.sent' },
    },
    async load() {
      const { hmacProvider } = await import('@acuse/providers/generic')
      return ({ secrets, options }) => {
        const {
          events = 'message',
          name = 'generic',
          ...given
        } = pick(options, [
          ...['name', 'signatureHeader', 'prefix', 'encoding', 'hash', 'timestampHeader'],
          ...['timestampFormat', 'typeHeader', 'idField', 'events'],
        ])
        const samples = Object.fromEntries(events.split(',').map((event) => [event, { id: 'acuse-1' }]))
        return hmacProvider({ secret: one(secrets), samples, name, ...given })
      }
    },
  },
  gitlab: {
    title: 'GitLab',
    proof: 'HMAC-SHA256',
    key: 'secret',
    placeholder: whsec,
    async load() {
      const { gitlab } = await import('@acuse/providers/gitlab')
      return ({ secrets }) => {
        // A signing token begins with this; the older secret token is a text of one's own.
        if (secrets.every((secret) => secret.startsWith('whsec_')))
          return gitlab({ signingToken: one(secrets) })
        return gitlab({ secretToken: one(secrets) })
      }
    },
  },
  make: {
    title: 'Make',
    proof: 'API key',
    key: 'secret',
    options: { header: { example: 'x-make-apikey' } },
    async load() {
      const { make } = await import('@acuse/providers/make')
      return ({ secrets, options }) => {
        return make(one(secrets), pick(options, ['header']))
      }
    },
  },
  meta: {
    title: 'Meta: WhatsApp, Messenger, Instagram',
    proof: 'HMAC-SHA256',
    key: 'secret',
    options: { verifyToken: { example: 'a-token-of-ours' } },
    async load() {
      const { meta } = await import('@acuse/providers/meta')
      return ({ secrets, options }) => {
        // Without one no handshake is answered: nobody knows this.
        const { verifyToken = randomBytes(24).toString('hex') } = options
        return meta({ appSecret: one(secrets), verifyToken })
      }
    },
  },
  paypal: {
    title: 'PayPal',
    proof: 'RSA',
    key: 'identifier',
    placeholder: '8PT597110X687430LKGECATA',
    variables: { receive: 'PAYPAL_WEBHOOK_ID', send: 'PAYPAL_WEBHOOK_PRIVATE_KEY' },
    options: {
      sandbox: { example: 'true' },
      webhookId: { example: '8PT597110X687430LKGECATA', required: ['send'] },
      privateKeyFile,
    },
    async load() {
      const { paypal } = await import('@acuse/providers/paypal')
      return ({ role, secrets, options }) => {
        const sandbox = options['sandbox'] === 'true'
        if (role === 'send') return paypal(options['webhookId'], { sandbox, privateKey: String(secrets[0]) })
        const privateKey = options['privateKeyFile']
        return paypal(String(secrets[0]), {
          sandbox,
          ...(privateKey === undefined ? undefined : { privateKey }),
        })
      }
    },
  },
  sendgrid: {
    title: 'SendGrid',
    proof: 'ECDSA P-256',
    key: 'public-key',
    variables: keyVariables('SENDGRID'),
    async load() {
      const { sendgrid } = await import('@acuse/providers/sendgrid')
      return ({ role, secrets }) => {
        if (role === 'send') return sendgrid(undefined, { privateKey: String(secrets[0]) })
        return sendgrid(toPublicPems(secrets))
      }
    },
  },
  sns: {
    title: 'AWS SNS',
    proof: 'RSA',
    key: 'identifier',
    placeholder: 'arn:aws:sns:sa-east-1:123456789012:pagos',
    variables: { receive: 'SNS_TOPIC_ARN', send: 'SNS_WEBHOOK_PRIVATE_KEY' },
    options: {
      topicArn: { example: 'arn:aws:sns:sa-east-1:123456789012:pagos', required: ['send'] },
      privateKeyFile,
    },
    async load() {
      const { sns } = await import('@acuse/providers/sns')
      return ({ role, secrets, options }) => {
        if (role === 'send') return sns(String(options['topicArn']), { privateKey: String(secrets[0]) })
        const privateKey = options['privateKeyFile']
        return sns(secrets, privateKey === undefined ? {} : { privateKey })
      }
    },
  },
  standardWebhooks: {
    title: 'Standard Webhooks',
    proof: 'HMAC-SHA256',
    key: 'secret',
    placeholder: whsec,
    options: { name: { example: 'acme' }, path: { example: '/webhooks/acme' } },
    async load() {
      const { standardWebhooks } = await import('@acuse/providers/standard-webhooks')
      return ({ role, secrets, options }) => {
        return standardWebhooks({ ...toStandardKeys(role, secrets), ...pick(options, ['name', 'path']) })
      }
    },
  },
  svix: {
    title: 'Svix',
    proof: 'HMAC-SHA256',
    key: 'secret',
    placeholder: whsec,
    async load() {
      const { svix } = await import('@acuse/providers/svix')
      return ({ role, secrets }) => {
        return svix(toStandardKeys(role, secrets))
      }
    },
  },
  zenpli: {
    title: 'Zenpli',
    proof: 'RSA',
    key: 'secret',
    options: {
      proof: { example: 'api-key' },
      product: { example: 'onboarding' },
      timestamp: { example: 'required' },
    },
    async load() {
      const { zenpli } = await import('@acuse/providers/zenpli')
      return ({ role, secrets, options }) => {
        const { product, timestamp } = options
        const settings = {
          ...(product === undefined ? undefined : { product }),
          ...(timestamp === 'required' ? { timestamp: 'required' as const } : undefined),
        }
        if (options['proof'] === 'api-key') return zenpli({ apiKey: one(secrets), ...settings })
        if (!secrets.every(isPem)) return zenpli({ hmac: one(secrets), ...settings })
        if (role === 'send') return zenpli({ rsaPrivateKey: String(secrets[0]), ...settings })
        return zenpli({ rsa: toPublicPems(secrets), ...settings })
      }
    },
  },
}

/** A public key is a PEM, a shared secret is none. */
function toStandardKeys(role: 'receive' | 'send', secrets: readonly string[]) {
  if (!secrets.every(isPem)) return { secret: one(secrets) }
  return role === 'send' ? { privateKey: String(secrets[0]) } : { publicKey: toPublicPems(secrets) }
}
