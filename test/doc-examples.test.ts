import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { typeErrors } from './support/page-files.ts'
import { root } from './support/processes.ts'

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
      if (example?.includes('import ')) found.set(`${name}-${of}`, example.replace(/^ \* ?/gm, ''))
    }
  }
  return found
}

/** The factories that an application calls. */
const factories = [
  ...['lruDedupe', 'memoryInbox', 'fallbackInbox', 'createReceiver', 'defineProvider', 'explain'],
  ...['anyOf', 'apiKey', 'ecdsa', 'ed25519', 'fetchedKey', 'hmac', 'jwks', 'rsa'],
  ...['toFetchHandler', 'toNodeHandler', 'hardenServer', 'createAdapter'],
].map((name) => `core-${name}`)
const adapters = ['express', 'fastify', 'hono'].flatMap((name) =>
  ['redcumbreWebhooks', 'webhooks', 'zenpliCallbacks'].map((of) => `${name}-${of}`),
)
const others = ['providers-redcumbre', 'providers-zenpli', 'redis-redisDedupe', 'sender-createSender']

describe('the examples of the documentation', () => {
  it('exist for each factory', () => {
    expect([...examples().keys()]).toEqual(expect.arrayContaining([...factories, ...adapters, ...others]))
  })

  it('are accepted by the type checker as they stand', async () => {
    const folder = join(root, 'test/.tmp/doc-examples')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [name, code] of examples()) writeFileSync(join(folder, `${name}.ts`), `${code}\nexport {}\n`)
    const compilerOptions = { composite: false, noEmit: true, isolatedDeclarations: false }
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions,
      include: ['*.ts'],
      exclude: [],
      references: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    expect(await typeErrors(folder)).toBe('')
  })
})
