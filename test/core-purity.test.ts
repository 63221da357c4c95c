import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { root } from './support/processes.ts'

const source = join(root, 'packages/core/src')
const foreign = /express|fastify|hono|koa|next\.js|zod|valibot|bullmq|ioredis|sqlite/i
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

describe('core', () => {
  it('names no framework, no store and no schema library in its sources', () => {
    expect(files.length).toBeGreaterThan(20)
    const naming = files.filter((file) => foreign.test(readFileSync(join(source, file), 'utf8')))
    expect(naming).toEqual([])
  })

  it('holds none of them in its bundle, and nothing from outside but Node', async () => {
    const result = await build({
      entryPoints: [join(source, 'index.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
    })
    expect(foreign.test(result.outputFiles[0]?.text ?? '')).toBe(false)
    const packages = Object.keys(result.metafile.inputs).flatMap(
      (file) => /node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\//.exec(file)?.[1] ?? [],
    )
    expect([...new Set(packages)]).toEqual([])
    const imports =
      result.metafile.outputs['index.js']?.imports ?? Object.values(result.metafile.outputs)[0]?.imports
    expect(imports?.map(({ path }) => path).filter((path) => !path.startsWith('node:'))).toEqual([])
  })

  it('is at most 44 KiB gzipped as a fetch handler with one provider, its schemas included', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { createReceiver, toFetchHandler } from '@acuse/core'
          import { redcumbre } from '@acuse/providers/redcumbre'
          export default { fetch: toFetchHandler(createReceiver(redcumbre(process.env.SECRET))) }`,
        resolveDir: join(root, 'test'),
      },
      conditions: ['@acuse/source'],
      bundle: true,
      minify: true,
      write: false,
      platform: 'node',
      format: 'esm',
    })
    expect(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength).toBeLessThan(44 * 1024)
  })

  it('touches node:crypto in one file', () => {
    const importing = files.filter((file) =>
      /^import (?!type )[^;']*'node:crypto'/m.test(readFileSync(join(source, file), 'utf8')),
    )
    expect(importing).toEqual(['lib/crypto.ts'])
  })
})
