/** The two languages of the site. */
export type Language = 'en' | 'es'

/** A text in both. */
export type Text = { readonly [Each in Language]: string }

/** A page: its path in `docs/` without `.md`, and its short title. */
interface Entry {
  readonly page: string
  readonly title: Text
}

/** A heading of the sidebar, and the pages below it. */
export interface Group {
  readonly title: Text
  readonly pages: readonly Entry[]
}

function entry(page: string, en: string, es: string = en): Entry {
  return { page, title: { en, es } }
}

function group(en: string, es: string, ...pages: readonly Entry[]): Group {
  return { title: { en, es }, pages }
}

/** The senders, in the order of their names: `docs/providers/*.md`, which `pnpm docs:pages` writes. */
export const providerTitles = {
  sns: 'AWS SNS',
  'event-grid': 'Azure Event Grid',
  bitbucket: 'Bitbucket',
  calendly: 'Calendly',
  clerk: 'Clerk',
  clickup: 'ClickUp',
  cloudevents: 'CloudEvents',
  discord: 'Discord',
  docusign: 'DocuSign',
  fintoc: 'Fintoc',
  flow: 'Flow',
  github: 'GitHub',
  gitlab: 'GitLab',
  hubspot: 'HubSpot',
  intercom: 'Intercom',
  jumpseller: 'Jumpseller',
  khipu: 'Khipu 3.0',
  'khipu-1': 'Khipu 1.3',
  linear: 'Linear',
  mailjet: 'Mailjet',
  make: 'Make',
  'mercado-pago': 'Mercado Pago',
  meta: 'Meta: WhatsApp, Messenger, Instagram',
  n8n: 'n8n',
  notion: 'Notion',
  paddle: 'Paddle',
  paypal: 'PayPal',
  redcumbre: 'Redcumbre',
  resend: 'Resend',
  sendgrid: 'SendGrid',
  shopify: 'Shopify',
  slack: 'Slack',
  square: 'Square',
  'standard-webhooks': 'Standard Webhooks',
  stripe: 'Stripe',
  svix: 'Svix',
  trello: 'Trello',
  twilio: 'Twilio',
  typeform: 'Typeform',
  xero: 'Xero',
  zenpli: 'Zenpli',
  zoom: 'Zoom',
} as const

/** Every page of the site, in the order of the sidebar. `index` is its home, and stands in none. */
export const sidebar: readonly Group[] = [
  group(
    'Start',
    'Comenzar',
    entry('getting-started', 'Getting started', 'Primeros pasos'),
    entry('comparison', 'Comparison', 'Comparación'),
    entry('faq', 'Questions and answers', 'Preguntas frecuentes'),
  ),
  group(
    'Concepts',
    'Conceptos',
    entry('concepts/verification', 'Verification', 'Verificación'),
    entry('concepts/idempotency', 'Idempotency', 'Idempotencia'),
    entry('concepts/timestamp-tolerance', 'Timestamp tolerance', 'Tolerancia de tiempo'),
    entry('acknowledging', 'Acknowledging', 'Acuse de recibo'),
    entry('concepts/retries-and-dead-letters', 'Retries and dead letters', 'Reintentos y dead letters'),
    entry('concepts/ordering', 'Ordering', 'Orden'),
    entry('exactly-once-effects', 'Exactly-once effects', 'Efectos una sola vez'),
    entry('concepts/batches', 'Batches', 'Lotes'),
    entry('concepts/handshakes', 'Handshakes', 'Handshakes'),
  ),
  group(
    'Frameworks',
    'Frameworks',
    entry('frameworks/index', 'All of them', 'Todos'),
    entry('frameworks/express', 'Express'),
    entry('frameworks/fastify', 'Fastify'),
    entry('frameworks/hono', 'Hono'),
    entry('frameworks/node-http', 'node:http'),
    entry('frameworks/nestjs', 'NestJS'),
    entry('frameworks/nextjs', 'Next.js'),
    entry('frameworks/koa', 'Koa'),
    entry('frameworks/sveltekit', 'SvelteKit'),
    entry('frameworks/nuxt', 'Nuxt'),
    entry('frameworks/remix', 'Remix'),
    entry('frameworks/elysia', 'Elysia'),
    entry('frameworks/deno', 'Deno'),
    entry('frameworks/cloudflare-workers', 'Cloudflare Workers'),
    entry('frameworks/aws-lambda', 'AWS Lambda'),
    entry('frameworks/google-cloud-functions', 'Google Cloud Functions'),
    entry('frameworks/azure-functions', 'Azure Functions'),
    entry('frameworks/vercel', 'Vercel'),
  ),
  group(
    'Providers',
    'Proveedores',
    entry('providers', 'All of them', 'Todos'),
    ...Object.entries(providerTitles).map(([name, title]) => entry(`providers/${name}`, title)),
    entry('write-a-provider', 'Write a provider', 'Escribir un proveedor'),
    entry('write-a-scheme', 'Write a scheme', 'Escribir un esquema'),
  ),
  group(
    'Inboxes',
    'Bandejas',
    entry('inboxes', 'Compared', 'Comparadas'),
    entry('write-an-inbox', 'Write an inbox', 'Escribir una bandeja'),
  ),
  group(
    'Guides',
    'Guías',
    entry('testing', 'Testing', 'Probar'),
    entry('recipes', 'Recipes', 'Recetas'),
    entry('outbox', 'Outbox', 'Outbox'),
  ),
  group(
    'Migrate',
    'Migrar',
    entry('migrate/octokit-webhooks', 'From octokit/webhooks', 'Desde octokit/webhooks'),
    entry('migrate/stripe', 'From stripe', 'Desde stripe'),
    entry('migrate/svix', 'From svix', 'Desde svix'),
    entry('migrate/hand-written', 'From a hand-written handler', 'Desde código propio'),
  ),
  group(
    'Deployment',
    'Despliegue',
    entry('deployment/docker', 'Docker'),
    entry('deployment/kubernetes', 'Kubernetes'),
    entry('deployment/pm2', 'PM2'),
    entry('deployment/systemd', 'systemd'),
    entry('deployment/serverless', 'Serverless'),
    entry('deployment/proxies', 'Proxies and TLS', 'Proxies y TLS'),
    entry('deployment/sizing', 'Sizing', 'Dimensionamiento'),
  ),
  group(
    'Operations',
    'Operación',
    entry('operations/runbook', 'Runbook', 'Guía de turno'),
    entry('operations/redis', 'Redis'),
    entry('operations/postgres', 'Postgres'),
    entry('operating-an-inbox', 'Operating an inbox', 'Operar una bandeja'),
    entry('backup-and-restore', 'Backup and restore', 'Respaldo y restauración'),
    entry('health-and-shutdown', 'Health and shutdown', 'Salud y apagado'),
    entry('dashboard', 'Dashboard', 'Panel'),
    entry('doctor', 'Doctor', 'Doctor'),
    entry('durability', 'Durability', 'Durabilidad'),
    entry('event-log', 'Event log and replay', 'Registro de eventos'),
    entry('reconcile', 'Reconcile', 'Conciliar'),
  ),
  group(
    'Observability',
    'Observabilidad',
    entry('observability', 'Metrics and alerts', 'Métricas y alertas'),
    entry('tracing', 'Tracing', 'Trazas'),
  ),
  group(
    'Reference',
    'Referencia',
    entry('troubleshooting', 'Troubleshooting', 'Solución de problemas'),
    entry('codes', 'Codes', 'Códigos'),
    entry('cli', 'The command', 'El comando'),
    ...[
      ...['acuse', 'listen', 'replay', 'send', 'explain', 'doctor', 'inbox', 'inbox-stats', 'inbox-list'],
      ...['inbox-show', 'inbox-redrive', 'inbox-discard', 'inbox-replay', 'inbox-export', 'providers'],
      'completion',
    ].map((name) => entry(`cli/${name}`, name === 'acuse' ? name : `acuse ${name.replace('-', ' ')}`)),
    entry('api/index', 'API'),
    entry('install-matrix', 'Where it installs', 'Dónde se instala'),
  ),
  group(
    'About',
    'Acerca de',
    entry('security', 'Security', 'Seguridad'),
    entry('performance', 'Performance', 'Rendimiento'),
    entry('architecture', 'Architecture', 'Arquitectura'),
    entry('support', 'Versions and support', 'Versiones y soporte'),
  ),
]

/** Every page of the site, its home included. */
export const everyPage: readonly string[] = [
  'index',
  ...sidebar.flatMap(({ pages }) => pages.map(({ page }) => page)),
]
