import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { meta } from '@acuse/providers/meta'
import { redcumbre } from '@acuse/providers/redcumbre'
import { stripe } from '@acuse/providers/stripe'
import { createSender } from '@acuse/sender'
import { afterAll, describe, expect, it } from 'vitest'
import { acuse, startAcuse, type Telling } from './acuse-process.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const folder = mkdtempSync(join(tmpdir(), 'acuse-listen-'))
afterAll(() => rmSync(folder, { recursive: true }))
const env = {
  XDG_STATE_HOME: folder,
  REDCUMBRE_WEBHOOK_SECRET: secret,
  STRIPE_KEY: `whsec_${secret}`,
  META_WEBHOOK_SECRET: secret,
}

interface Listening {
  readonly url: string
  readonly urls: readonly { readonly provider: string; readonly url: string }[]
  readonly keptIn: string
}
interface Delivery {
  readonly id: string
  readonly verdict: string
  readonly code?: string
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
}

/** Starts a listener at any port, does something with it, and ends it. */
async function listening(
  args: readonly string[],
  use: (at: Listening, process: Telling) => Promise<void>,
): Promise<ReturnType<typeof JSON.parse>> {
  const process = startAcuse(['listen', '--port', '0', ...args], { env })
  const at = await process.event<Listening>(({ kind }) => kind === 'listening')
  await use(at, process)
  const { exitCode, stdout } = await process.interrupt()
  expect(exitCode).toBe(0)
  return JSON.parse(stdout.split('\n').at(-1) ?? '')
}

const deliveryOf = (process: Telling, verdict: string) =>
  process.event<Delivery>((event) => event['kind'] === 'delivery' && event['verdict'] === verdict)

describe('acuse listen', () => {
  it('receives, tells why it refuses, and ends with a summary', async () => {
    const summary = await listening(['--provider', 'redcumbre'], async ({ url, urls }, process) => {
      expect(urls).toEqual([{ provider: 'redcumbre', url: `${url}/webhooks/redcumbre` }])
      const sender = createSender({ provider: redcumbre, secret, url: `${url}/webhooks/redcumbre` })
      const report = await sender.send('bhe.emitida')
      expect(report.status).toBe(200)
      await sender.resend(report)
      const stale = await sender.send('bhe.emitida', {}, { at: new Date(Date.now() - 400_000), attempts: 1 })
      expect(stale.status).toBe(401)
      expect(await deliveryOf(process, 'accepted')).toMatchObject({
        event: 'bhe.emitida',
        provider: 'redcumbre',
      })
      expect(await deliveryOf(process, 'duplicate')).toMatchObject({ status: 200 })
      expect(await deliveryOf(process, 'refused')).toMatchObject({
        code: 'time-past',
        findings: [
          { kind: 'clock-skew', evidence: expect.stringMatching(/^The signed time is 40\d s in the past/) },
        ],
      })
      const root = await createSender({ provider: redcumbre, secret, url }).send('bhe.emitida')
      expect(root.status).toBe(200)
      const elsewhere = await createSender({ provider: redcumbre, secret, url: `${url}/else` }).send(
        'bhe.emitida',
        {},
        { attempts: 1 },
      )
      expect(elsewhere.status).toBe(404)
    })
    expect(summary).toEqual({ kind: 'summary', requests: 5, accepted: 2, duplicates: 1, refused: 2 })
  })

  it('listens for several providers, and answers handshakes', async () => {
    const args = ['--provider', 'stripe', '--secret-env', 'stripe=STRIPE_KEY', '--provider', 'meta']
    await listening([...args, '--option', 'meta.verifyToken=a-token-of-ours'], async ({ url }, process) => {
      const asStripe = createSender({
        provider: stripe,
        secret: env.STRIPE_KEY,
        url: `${url}/webhooks/stripe`,
      })
      expect((await asStripe.send('invoice.paid')).status).toBe(200)
      const provider = (verifyToken: string) => meta({ appSecret: secret, verifyToken })
      const asMeta = createSender({ provider, secret: 'a-token-of-ours', url: `${url}/webhooks/meta` })
      expect(await asMeta.handshake()).toMatchObject([{ answered: true }])
      await deliveryOf(process, 'answered')
    })
  })

  it('takes anything without a provider, and says whom it may come from', async () => {
    await listening([], async ({ url }, process) => {
      const sender = createSender({ provider: stripe, secret: env.STRIPE_KEY, url: `${url}/anywhere?x=1` })
      expect((await sender.send('invoice.paid')).status).toBe(200)
      expect(await deliveryOf(process, 'shown')).toMatchObject({ url: '/anywhere?x=1', mayBe: ['stripe'] })
    })
  })

  it('fails and delays on purpose, and accepts nothing then', async () => {
    await listening(
      ['--provider', 'redcumbre', '--fail', '503', '--delay', '200ms'],
      async ({ urls }, process) => {
        const sender = createSender({ provider: redcumbre, secret, url: urls[0]?.url ?? '' })
        const report = await sender.send('bhe.emitida', {}, { attempts: 1 })
        expect(report.status).toBe(503)
        expect(report.attempts[0]?.durationMs).toBeGreaterThanOrEqual(199)
        expect(await deliveryOf(process, 'shown')).toMatchObject({ answeredBy: 'failure' })
      },
    )
    await listening(['--provider', 'redcumbre', '--fail-rate', '0'], async ({ urls }) => {
      const sender = createSender({ provider: redcumbre, secret, url: urls[0]?.url ?? '' })
      expect((await sender.send('bhe.emitida', {}, { attempts: 1 })).status).toBe(200)
    })
  })

  it('passes a request on byte for byte, and its answer back; replay does the same again', async () => {
    const came: { readonly headers: readonly string[]; readonly body: Buffer }[] = []
    const app = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      came.push({ headers: request.rawHeaders, body: Buffer.concat(chunks) })
      response.writeHead(202, { 'X-App': 'yes' }).end('taken')
    }).listen(0, '127.0.0.1')
    await once(app, 'listening')
    const to = `http://127.0.0.1:${(app.address() as AddressInfo).port}/hook`
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d])
    let kept = ''
    await listening(['--forward', to], async ({ url, keptIn }, process) => {
      kept = keptIn
      const answer = await fetch(`${url}/x`, {
        method: 'POST',
        body,
        headers: { 'X-Own': 'a', 'content-type': 'x/y' },
      })
      expect([answer.status, answer.headers.get('x-app'), await answer.text()]).toEqual([202, 'yes', 'taken'])
      expect(await deliveryOf(process, 'shown')).toMatchObject({ status: 202, answeredBy: 'forward' })
    })
    expect(statSync(kept).mode & 0o777).toBe(0o600)
    const { exitCode, stdout } = await acuse(['replay', '--to', to, '--json'], { env })
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      0,
      { kind: 'replayed', status: 202, answer: 'taken' },
    ])
    expect(came.map((each) => each.body)).toEqual([body, body])
    const [first, second] = came.map(({ headers }) =>
      headers.filter((_, at) => !/^(?:host|connection)$/i.test(headers[at - (at % 2)] ?? '')),
    )
    expect(second).toEqual(first)
    expect(first).toEqual(expect.arrayContaining(['X-Own', 'a', 'content-type', 'x/y']))
    app.close()
    const gone = await acuse(['replay', '--to', to], { env })
    expect([gone.exitCode, gone.stdout]).toEqual([3, expect.stringContaining('ECONNREFUSED')])
    expect((await acuse(['replay', '--id', 'nobody'], { env })).exitCode).toBe(1)
    expect((await acuse(['replay', '--keep', '/nowhere.ndjson'], { env })).exitCode).toBe(3)
  })

  it('has a page that runs nothing of a sender, and shows it to nobody else', async () => {
    await listening([], async ({ url }, process) => {
      const markup = '<script>alert(1)</script>'
      await fetch(url, { method: 'POST', body: markup, headers: { 'x-markup': markup } })
      await deliveryOf(process, 'shown')
      const page = await fetch(url)
      const policy = page.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
      const html = await page.text()
      expect(html).not.toContain('innerHTML')
      expect(html).not.toContain(markup)
      const events = await fetch(`${url}/_acuse/events`)
      const reader = (events.body as ReadableStream<Uint8Array>).getReader()
      const told = Buffer.from((await reader.read()).value ?? []).toString()
      expect(told).toContain('"verdict":"shown"')
      await reader.cancel()
      // A name of somebody else's that points here.
      const { port } = new URL(url)
      const asked = get({
        host: '127.0.0.1',
        port,
        path: '/_acuse/events',
        headers: { host: 'evil.example' },
      })
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.destroy()
      expect(answer.statusCode).toBe(403)
    })
  })

  it('shows no secret of ours, and warns where others can reach it', async () => {
    const process = startAcuse(['listen', '--port', '0', '--host', '0.0.0.0', '--provider', 'n8n'], {
      env: { ...env, N8N_WEBHOOK_SECRET: secret },
    })
    const { url } = await process.event<Listening>(({ kind }) => kind === 'listening')
    const here = url.replace('0.0.0.0', '127.0.0.1')
    await fetch(here, { method: 'POST', body: '{}', headers: { authorization: `Bearer ${secret}` } })
    await deliveryOf(process, 'accepted')
    const { exitCode, stdout, stderr } = await process.interrupt()
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('open to others')])
    expect(stdout).toContain('Bearer [secret]')
    expect(stdout).not.toContain(secret)
  })

  it.each([
    ['a secret that is missing', ['--provider', 'github'], 2, /GITHUB_WEBHOOK_SECRET/],
    ['a rate that is none', ['--fail-rate', '2'], 2, /--fail-rate/],
    ['a delay that is none', ['--delay', 'soon'], 2, /35s/],
    ['a port that is taken', ['--port', '1', '--host', '192.0.2.1'], 3, /192\.0\.2\.1/],
    ['a file that cannot be written', ['--keep', '/dev/null/x'], 3, /\/dev\/null\/x/],
  ])('ends with the code of %s', async (_, args, exitCode, message) => {
    const ended = await acuse(['listen', ...args], { env })
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.stderr).toMatch(message)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
  })
})
