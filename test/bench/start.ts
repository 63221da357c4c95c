import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root, run } from '../support/processes.ts'
import { rotated } from './measure.ts'
import type { Bench, Section } from './sections.ts'

const rounds = { quick: 3, long: 9 }

/** Programs that start, and tell how much CPU that took. */
const programs = {
  bare: `import express from 'express'; const app = express()`,
  ours: `import express from 'express'; import { redcumbreWebhooks } from '@acuse/express'
    const webhooks = redcumbreWebhooks('${'ab'.repeat(32)}', {})
    webhooks.on('bhe.emitida', () => {})
    const app = express(); app.use(webhooks)`,
  stripe: `import express from 'express'; import { Stripe } from 'stripe'; new Stripe('sk_test'); const app = express()`,
  octokit: `import express from 'express'; import '@octokit/webhooks-methods'; const app = express()`,
}
const told = `
  const server = app.listen(0, '127.0.0.1', () => {
    const { user, system } = process.cpuUsage(); console.log(user + system); process.exit(0)
  })`

const bundles = {
  core: `export * from '@acuse/core'`,
  'a receiver without a provider': `
    import { createReceiver, defineProvider, hmac, toFetchHandler } from '@acuse/core'
    export const POST = (name, secret, envelope) =>
      toFetchHandler(createReceiver(defineProvider({ name, scheme: hmac({ header: 'x-signature', secret }), envelope })))`,
  'fetch handler with redcumbre': `
    import { createReceiver, toFetchHandler } from '@acuse/core'
    import { redcumbre } from '@acuse/providers/redcumbre'
    export const POST = toFetchHandler(createReceiver(redcumbre(process.env.SECRET)))`,
  'hono with redcumbre': `
    import { redcumbreWebhooks } from '@acuse/hono'
    export const webhooks = redcumbreWebhooks(process.env.SECRET)`,
}
const installed = [
  '@acuse/express',
  '@acuse/fastify',
  '@acuse/hono',
  'stripe',
  'svix',
  '@hookflo/tern',
  '@octokit/webhooks-methods',
]

/** What we cost before the first request: CPU at the start, bytes in a bundle, bytes on the disk. */
export const startSection: Section = {
  name: 'start',
  async run(bench) {
    await runStarts(bench)
    for (const [name, source] of Object.entries(bundles)) {
      const bytes = await bundleBytes(source)
      bench.add({ id: `bundle/${name}`, unit: 'KiB gzip', samples: [bytes / 1_024], n: 1 })
    }
    for (const name of installed) {
      bench.add({ id: `install/${name}`, unit: 'bytes', samples: [installBytes(name)], n: 1 })
    }
  },
}

async function runStarts(bench: Bench): Promise<void> {
  const samples = new Map(Object.keys(programs).map((name) => [name, [] as number[]]))
  const { disturbed } = await bench.machine.quietly(async () => {
    for (const all of samples.values()) all.length = 0
    for (let round = 0; round < rounds[bench.form]; round++) {
      for (const [name, source] of rotated(Object.entries(programs), round)) {
        const words = ['--no-warnings', '--input-type=module', '-e', source + told]
        const { stdout } = await run(process.execPath, words, { cwd: join(root, 'test'), timeout: 30_000 })
        samples.get(name)?.push(Number(stdout) / 1e3)
      }
    }
  })
  for (const [name, all] of samples) {
    bench.add({ id: `start/express/${name}`, unit: 'ms of CPU', samples: all, n: all.length, disturbed })
  }
}

/** As a bundler for browsers and Workers has it, minified and compressed as well as gzip can. */
async function bundleBytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'test'), loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['hono'],
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}

/** A package and all that it depends on, as it is on the disk; what a program brings itself (peers) is left out. */
function installBytes(name: string): number {
  const seen = new Set<string>()
  function visit(wanted: string, from: string): number {
    const folder = folderOf(wanted, from)
    if (folder === undefined || seen.has(folder)) return 0
    seen.add(folder)
    // Written by npm's own rules.
    const { dependencies = {}, files } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>
      files?: string[]
    }
    const own = folder.startsWith(join(root, 'packages'))
    const bytes = own
      ? (files ?? []).reduce((all, each) => all + sizeOf(join(folder, each)), 0)
      : sizeOf(folder)
    return Object.keys(dependencies).reduce((all, each) => all + visit(each, folder), bytes)
  }
  return visit(name, join(root, 'test'))
}

function folderOf(name: string, from: string): string | undefined {
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  for (const place of places) {
    const folder = join(place, name)
    if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return realpathSync(folder)
  }
  return undefined
}

function sizeOf(path: string): number {
  const found = statSync(path)
  if (!found.isDirectory()) return found.size
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((all, name) => all + sizeOf(join(path, name)), 0)
}
