import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, type Format } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { path, secret } from '../adapters/hosts.ts'
import { lambdaSources } from '../adapters/lambda-events.ts'
import { freshBody, send, sign } from '../adapters/raw-client.ts'
import { writePage } from '../support/page-files.ts'
import { freePort, root, run, startCommand } from '../support/processes.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const require = createRequire(import.meta.url)
/** The banner of the page: what is CommonJS inside of a module. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

/** One file of a page's program, in a folder without node_modules, made of the built packages as an application's bundler does. */
async function bundle(page: string, file: string, format: Format, more = ''): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-bundle-'))
  folders.push(folder)
  const written = writePage(`frameworks/${page}`, `bundled-${page}-${file}-${format}`)
  await build({
    stdin: { contents: `export * from './${file}.ts'\n${more}`, resolveDir: written, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    external: ['@azure/functions-core'],
    outfile: join(folder, format === 'cjs' ? 'index.cjs' : 'index.mjs'),
    ...(format === 'esm' && { banner: { js: banner } }),
    logLevel: 'error',
  })
  return folder
}

const env = { ...process.env, REDCUMBRE_WEBHOOK_SECRET: secret }

/** Runs a script beside a bundle: `bundle` is what it exports, `sent` what it is given. What it prints, as JSON. */
async function runBeside(
  folder: string,
  format: Format,
  script: string,
  sent: unknown,
  more: object,
): Promise<unknown> {
  const load = `const bundle = await import('./index.${format === 'cjs' ? 'cjs' : 'mjs'}')\n`
  const print = `const print = (value) => process.stdout.write(JSON.stringify(value), () => process.exit())\n`
  writeFileSync(join(folder, 'run.mjs'), `${load}${print}const sent = ${JSON.stringify(sent)}\n${script}`)
  const { stdout } = await run(process.execPath, ['run.mjs'], { cwd: folder, env: { ...env, ...more } })
  return JSON.parse(stdout)
}

const formats: readonly Format[] = ['cjs', 'esm']

describe.each(formats)('a bundle for functions, as %s, without node_modules', (format) => {
  it.each([
    ['handler', 'handler'],
    ['hono', 'handler'],
    ['fastify', 'handler'],
    ['express', 'handler'],
    ['express', 'another'],
  ])('of the recipe of AWS Lambda in %s.ts (%s) receives', async (file, name) => {
    const folder = await bundle('aws-lambda', file, format)
    const [body, other] = [freshBody(), freshBody()]
    const toEvent = lambdaSources['a function URL'] as (typeof lambdaSources)[string]
    const events = [toEvent(body, sign(body)), toEvent(body, sign(body)), toEvent(other, sign(body))]
    const script = `const statuses = []
      for (const event of sent) statuses.push((await bundle.${name}(event, {})).statusCode)
      print(statuses)`
    const on = { AWS_LAMBDA_FUNCTION_NAME: 'hooks' }
    expect(await runBeside(folder, format, script, events, on)).toEqual([200, 200, 401])
  })

  it('of the recipe of Azure Functions receives', async () => {
    const folder = await bundle(
      'azure-functions',
      'webhooks',
      format,
      "export { HttpRequest } from '@azure/functions'",
    )
    const [body, other] = [freshBody(), freshBody()]
    const requests = [body, body, other].map((each) => ({ body: each.toString(), signature: sign(body) }))
    const script = `const statuses = []
      for (const { body, signature } of sent) {
        const headers = { 'x-webhook-signature': signature }
        const url = 'https://hooks.example.com/api${path}'
        const request = new bundle.HttpRequest({ method: 'POST', url, headers, body: { string: body } })
        statuses.push((await bundle.handler(request, {})).status)
      }
      print(statuses)`
    const on = { FUNCTIONS_WORKER_RUNTIME: 'node' }
    expect(await runBeside(folder, format, script, requests, on)).toEqual([200, 200, 401])
  })

  it('of the recipe of Google Cloud Functions receives in the functions framework', async () => {
    const folder = await bundle('google-cloud-functions', 'bundled', format)
    const main = format === 'cjs' ? 'index.cjs' : 'index.mjs'
    const type = format === 'cjs' ? 'commonjs' : 'module'
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ main, type }))
    const framework = join(dirname(require.resolve('@google-cloud/functions-framework')), 'main.js')
    const port = await freePort()
    const on = { K_SERVICE: 'hooks', FUNCTION_TARGET: 'webhooks', PORT: String(port) }
    const args = [framework, `--source=${folder}`]
    const served = startCommand(process.execPath, args, { REDCUMBRE_WEBHOOK_SECRET: secret, ...on }, folder)
    await served.line(/Serving function/)
    const [body, other] = [freshBody(), freshBody()]
    const statuses = []
    for (const each of [body, body, other])
      statuses.push((await send(port, { body: each, signature: sign(body) })).status)
    expect(statuses).toEqual([200, 200, 401])
    await served.stop()
  })
})

it('the entry for AWS Lambda is there for require(), as a function in CommonJS needs it', async () => {
  const [body, other] = [freshBody(), freshBody()]
  const toEvent = lambdaSources['a REST API'] as (typeof lambdaSources)[string]
  const events = [toEvent(body, sign(body)), toEvent(body, sign(body)), toEvent(other, sign(body))]
  const script = `const { createReceiver } = require('@acuse/core')
    const { toLambdaHandler } = require('@acuse/core/lambda')
    const { redcumbre } = require('@acuse/providers/redcumbre')
    const receiver = createReceiver(redcumbre(process.env.REDCUMBRE_WEBHOOK_SECRET), { ack: 'handled', handle: 'all' })
    const handler = toLambdaHandler(receiver)
    setInterval(() => {}, 1_000) // Lambda's runtime keeps the process alive, too.
    Promise.all(${JSON.stringify(events)}.map((event) => handler(event))).then((results) =>
      process.stdout.write(JSON.stringify(results.map(({ statusCode }) => statusCode)), () => process.exit()))`
  const on = { ...env, AWS_LAMBDA_FUNCTION_NAME: 'hooks' }
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: join(root, 'test'), env: on })
  expect(JSON.parse(stdout)).toEqual([200, 200, 401])
})
