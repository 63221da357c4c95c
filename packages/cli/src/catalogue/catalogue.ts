import { addressed, type CatalogueEntry, shared } from './entry.ts'
import { special } from './special.ts'

const whsec = `whsec_${'A'.repeat(43)}=`

/**
 * Every sender of `@acuse/providers`, by the name that `--provider` takes; each is loaded when it is asked for. A test holds it
 * to that package's exports.
 */
export const catalogue: { readonly [name: string]: CatalogueEntry } = {
  bitbucket: shared(
    'Bitbucket',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/bitbucket')).bitbucket,
  ),
  calendly: shared(
    'Calendly',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/calendly')).calendly,
  ),
  clerk: shared('Clerk', 'HMAC-SHA256', async () => (await import('@acuse/providers/clerk')).clerk, whsec),
  clickup: shared('ClickUp', 'HMAC-SHA256', async () => (await import('@acuse/providers/clickup')).clickup),
  cloudevents: shared('CloudEvents over HTTP', 'bearer token', async () => {
    const { cloudEvents } = await import('@acuse/providers/cloudevents')
    return cloudEvents
  }),
  discord: special.discord,
  docusign: shared(
    'DocuSign',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/docusign')).docusign,
  ),
  'event-grid': shared('Azure Event Grid', 'key in the query', async () => {
    const { eventGrid } = await import('@acuse/providers/event-grid')
    return eventGrid
  }),
  fintoc: shared('Fintoc', 'HMAC-SHA256', async () => (await import('@acuse/providers/fintoc')).fintoc),
  flow: shared('Flow', 'key in the query', async () => (await import('@acuse/providers/flow')).flow),
  generic: special.generic,
  github: shared('GitHub', 'HMAC-SHA256', async () => (await import('@acuse/providers/github')).github),
  gitlab: special.gitlab,
  hubspot: addressed(
    'HubSpot',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/hubspot')).hubspot,
  ),
  intercom: shared('Intercom', 'HMAC-SHA1', async () => (await import('@acuse/providers/intercom')).intercom),
  jumpseller: shared('Jumpseller', 'HMAC-SHA256', async () => {
    const { jumpseller } = await import('@acuse/providers/jumpseller')
    return jumpseller
  }),
  khipu: shared('Khipu 3.0', 'HMAC-SHA256', async () => (await import('@acuse/providers/khipu')).khipu),
  'khipu-1': shared('Khipu 1.3', 'key in the query', async () => {
    const { khipuOld } = await import('@acuse/providers/khipu')
    return (secret) => khipuOld(secret)
  }),
  linear: shared('Linear', 'HMAC-SHA256', async () => (await import('@acuse/providers/linear')).linear),
  mailjet: shared(
    'Mailjet',
    'user and password',
    async () => (await import('@acuse/providers/mailjet')).mailjet,
    'user:8d4f0c1be2a79356d8b1c4e07a92f35d',
  ),
  make: special.make,
  'mercado-pago': shared('Mercado Pago', 'HMAC-SHA256', async () => {
    const { mercadoPago } = await import('@acuse/providers/mercado-pago')
    return (secret) => mercadoPago(secret)
  }),
  meta: special.meta,
  n8n: shared('n8n', 'bearer token', async () => (await import('@acuse/providers/n8n')).n8n),
  notion: shared('Notion', 'HMAC-SHA256', async () => (await import('@acuse/providers/notion')).notion),
  paddle: shared('Paddle', 'HMAC-SHA256', async () => (await import('@acuse/providers/paddle')).paddle),
  paypal: special.paypal,
  redcumbre: shared(
    'Redcumbre',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/redcumbre')).redcumbre,
  ),
  resend: shared(
    'Resend',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/resend')).resend,
    whsec,
  ),
  sendgrid: special.sendgrid,
  shopify: shared('Shopify', 'HMAC-SHA256', async () => (await import('@acuse/providers/shopify')).shopify),
  slack: shared('Slack', 'HMAC-SHA256', async () => (await import('@acuse/providers/slack')).slack),
  sns: special.sns,
  square: addressed('Square', 'HMAC-SHA256', async () => (await import('@acuse/providers/square')).square),
  'standard-webhooks': special.standardWebhooks,
  stripe: shared('Stripe', 'HMAC-SHA256', async () => (await import('@acuse/providers/stripe')).stripe),
  svix: special.svix,
  trello: addressed('Trello', 'HMAC-SHA1', async () => (await import('@acuse/providers/trello')).trello),
  twilio: addressed('Twilio', 'HMAC-SHA1', async () => (await import('@acuse/providers/twilio')).twilio),
  typeform: shared(
    'Typeform',
    'HMAC-SHA256',
    async () => (await import('@acuse/providers/typeform')).typeform,
  ),
  xero: shared('Xero', 'HMAC-SHA256', async () => (await import('@acuse/providers/xero')).xero),
  zenpli: special.zenpli,
  zoom: shared('Zoom', 'HMAC-SHA256', async () => (await import('@acuse/providers/zoom')).zoom),
}
