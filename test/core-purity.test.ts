import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { root } from './support/processes.ts'

const source = join(root, 'packages/core/src')
const foreign = /express(?!ion)|fastify|hono|koa|next\.js|zod|valibot|bullmq|ioredis|sqlite/i
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

/** The entry, and the chunks that it cannot start without. */
function loadedAtOnce(outputs: Metafile['outputs']): readonly string[] {
  const loaded = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === '<stdin>')
  for (const path of loaded) {
    for (const { kind, path: next, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external && !loaded.includes(next)) loaded.push(next)
  }
  return loaded
}

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

  it.each(['redcumbre', 'slack'])(
    'is at most 55 KiB gzipped as a fetch handler with %s, and loads schemas and samples when they are needed',
    async (name) => {
      const { outputFiles, metafile } = await build({
        stdin: {
          contents: `import { createReceiver, toFetchHandler } from '@acuse/core'
          import { ${name} } from '@acuse/providers/${name}'
          export default { fetch: toFetchHandler(createReceiver(${name}(process.env.SECRET))) }`,
          resolveDir: join(root, 'test'),
        },
        conditions: ['@acuse/source'],
        bundle: true,
        splitting: true,
        outdir: 'out',
        metafile: true,
        minify: true,
        write: false,
        platform: 'node',
        format: 'esm',
      })
      const loaded = loadedAtOnce(metafile.outputs)
      const inputs = loaded.flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}))
      expect(inputs.filter((file) => /zod|samples/.test(file))).toEqual([])
      const files = outputFiles.filter(({ path }) => loaded.some((each) => path.endsWith(each)))
      expect(files.length).toBe(loaded.length)
      const bytes = Buffer.concat(files.map(({ contents }) => contents))
      expect(gzipSync(bytes, { level: 9 }).byteLength).toBeLessThan(55 * 1024)
    },
  )

  it('touches node:crypto in one file', () => {
    const importing = files.filter((file) =>
      /^import (?!type )[^;']*'node:crypto'/m.test(readFileSync(join(source, file), 'utf8')),
    )
    expect(importing).toEqual(['lib/crypto.ts'])
  })
})
