import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { typeErrors } from '../support/compiler.ts'
import { writePage } from '../support/page-files.ts'
import { root } from '../support/processes.ts'

/** The example in the doc comment of each exported function that has one: TypeScript, by its name and package. */
function examples(): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })) {
    const [name, source] = file.split('/')
    if (source !== 'src' || !file.endsWith('.ts')) continue
    const text = readFileSync(join(root, 'packages', file), 'utf8')
    for (const [, comment = '', of] of text.matchAll(
      /\/\*\*((?:(?!\*\/).)*)\*\/\nexport (?:async )?function (\w+)/gs,
    )) {
      const [, example] = comment.split('@example')
      if (example?.includes('import '))
        found.set(`${name}-${of}`, example.replace(/^ \* ?/gm, '').replace(/^(\s*)\\@/gm, '$1@'))
    }
  }
  return found
}

/** The factories that an application calls. */
const factories = [
  ...['lruDedupe', 'memoryInbox', 'fallbackInbox', 'createReceiver', 'defineProvider', 'explain'],
  ...['anyOf', 'apiKey', 'ecdsa', 'ed25519', 'fetchedKey', 'hmac', 'jwks', 'rsa'],
  ...[
    'toFetchHandler',
    'toLambdaHandler',
    'toNodeHandler',
    'hardenServer',
    'createAdapter',
    'health',
    'closeOn',
  ],
  ...['alerts', 'slackNotifier', 'webhookNotifier'],
].map((name) => `core-${name}`)
const adapters = ['express', 'fastify', 'hono'].flatMap((name) =>
  ['redcumbreWebhooks', 'webhooks', 'zenpliCallbacks'].map((of) => `${name}-${of}`),
)
const others = [
  'core-sayFinding',
  'dashboard-dashboard',
  'dashboard-toFastifyPlugin',
  'dashboard-toHonoMiddleware',
  'dashboard-toNodeListener',
  'prometheus-prometheusMetrics',
  'providers-redcumbre',
  'providers-zenpli',
  ...['InjectReceiver', 'WebhookHandler', 'defineEndpoint', 'getReceiverToken'].map((of) => `nestjs-${of}`),
  'otel-otel',
  'redis-redisDedupe',
  'sender-createOutbox',
  'sender-createSender',
  'sender-formatReport',
  'sender-postgresOutbox',
  'sender-sqliteOutbox',
]

/** The pages whose code a reader copies; their own tests run it. */
const pagesInEnglish = [
  'concepts/batches',
  'concepts/handshakes',
  'concepts/idempotency',
  'concepts/ordering',
  'concepts/retries-and-dead-letters',
  'concepts/timestamp-tolerance',
  'concepts/verification',
  'dashboard',
  'deployment/docker',
  'deployment/kubernetes',
  'deployment/pm2',
  'deployment/proxies',
  'deployment/serverless',
  'deployment/systemd',
  'event-log',
  'frameworks/nestjs',
  'getting-started',
  'frameworks/aws-lambda',
  'frameworks/azure-functions',
  'frameworks/express',
  'frameworks/fastify',
  'frameworks/google-cloud-functions',
  'frameworks/koa',
  'health-and-shutdown',
  'inboxes',
  'migrate/hand-written',
  'migrate/octokit-webhooks',
  'migrate/stripe',
  'migrate/svix',
  'observability',
  'operations/postgres',
  'operations/redis',
  'outbox',
  'recipes',
  'reconcile',
  'testing',
  'write-a-provider',
  'write-a-scheme',
  'write-an-inbox',
]
/** Their translations: the same code, with other comments. */
const pagesInSpanish = pagesInEnglish
  .map((page) => `es/${page}`)
  .filter((page) => existsSync(join(root, 'docs', `${page}.md`)))
const pages = [...pagesInEnglish, ...pagesInSpanish]

/** A misspelt name, how its receiver is made, and a name that the compiler must list. */
const misspelt: readonly (readonly [name: string, provider: string, near: string])[] = [
  ['pusj', 'github', 'push'],
  ['invoice.payd', 'stripe', 'invoice.paid'],
  ['invioce.paid', 'stripe', 'invoice.paid'],
  ['bhe.emitidaa', 'redcumbre', 'bhe.emitida'],
  ['orders/creat', 'shopify', 'orders/create'],
]

/** Writes files to a folder of their own. */
function write(name: string, files: Iterable<readonly [name: string, code: string]>): string {
  const folder = join(root, 'test/.tmp', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, code] of files) writeFileSync(join(folder, `${file}.ts`), code)
  return folder
}

function writeMisspelt(): string {
  const imports = [...new Set(misspelt.map(([, provider]) => provider))].map(
    (name) => `import { ${name} } from '@acuse/providers/${name}'`,
  )
  const calls = misspelt.map(([name, provider]) => `createReceiver(${provider}('s')).on('${name}', () => {})`)
  const code = ["import { createReceiver } from '@acuse/core'", ...imports, ...calls].join('\n')
  return write('near-names', [['misspelt', code]])
}

const errors = new Map<string, string>()

beforeAll(() => {
  const texts = [...examples()].map(([name, code]) => [name, `${code}\nexport {}\n`] as const)
  const checked: readonly { readonly of: string; readonly folder: string }[] = [
    ...pages.map((page) => ({ of: page, folder: writePage(page, `compiled-${page}`) })),
    { of: 'examples', folder: write('doc-examples', texts) },
    { of: 'misspelt names', folder: writeMisspelt() },
  ]
  const found = typeErrors(checked.map(({ folder }) => folder))
  for (const { of, folder } of checked) errors.set(of, found.get(folder) ?? 'It was not checked')
})

describe('the examples of the documentation', () => {
  it('exist for each factory', () => {
    expect([...examples().keys()]).toEqual(expect.arrayContaining([...factories, ...adapters, ...others]))
  })

  it('are accepted by the type checker as they stand', () => {
    expect(errors.get('examples')).toBe('')
  })
})

describe.each(pages)('docs/%s.md', (page) => {
  it('has code that the type checker accepts', () => {
    expect(errors.get(page)).toBe('')
  })
})

describe('a name that is misspelt', () => {
  it('does not compile, and the error lists those that are near', () => {
    const each = (errors.get('misspelt names') ?? '').split(/^(?=misspelt\.ts)/m)
    expect(each).toHaveLength(misspelt.length)
    for (const [at, [name, , near]] of misspelt.entries()) {
      expect(each[at]).toContain(`"${name}"`)
      expect(each[at]).toContain(`"${near}"`)
    }
  })
})
