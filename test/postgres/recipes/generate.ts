import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, run } from '../../support/processes.ts'
import type { adapterOn } from './prisma.ts'

interface Models {
  readonly invoices: { create(of: { data: { bhe: string; net: number } }): Promise<unknown> }
}

/** What the tests use of a generated client. */
interface Client extends Models {
  $transaction(work: (nested: Models) => Promise<void>): Promise<void>
}

type ClientClass = new (options: { adapter: ReturnType<typeof adapterOn> }) => Client

/** Generates Prisma's client without a network, which it needs only for an engine that it does not use here. */
export async function generateClient(): Promise<ClientClass> {
  const folder = join(root, 'test/.tmp/prisma')
  mkdirSync(folder, { recursive: true })
  copyFileSync(fileURLToPath(new URL('schema.prisma', import.meta.url)), join(folder, 'schema.prisma'))
  writeFileSync(join(folder, 'prisma.config.ts'), `export default { schema: 'schema.prisma' }\n`)
  const manifest = createRequire(import.meta.url).resolve('prisma/package.json')
  await run(process.execPath, [join(dirname(manifest), 'build/index.js'), 'generate'], {
    cwd: folder,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
  })
  const { PrismaClient } = (await import(join(folder, 'generated/client.ts'))) as {
    PrismaClient: ClientClass
  }
  return PrismaClient
}
