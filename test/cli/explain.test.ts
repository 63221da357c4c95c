import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, memoryInbox, systemClock, toNodeHandler } from '@acuse/core'
import { captureFile } from '@acuse/core/capture-file'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acuse } from './acuse-process.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const staging = 'f35d8d4f0c1be2a79356d8b1c4e07a92'
const folder = mkdtempSync(join(tmpdir(), 'acuse-explain-'))
const file = join(folder, 'refused.ndjson')
const env = { REDCUMBRE_WEBHOOK_SECRET: secret, STAGING: staging }

interface Answer {
  readonly format: string
  readonly requests: readonly {
    readonly verdict: string
    readonly code?: string
    readonly findings: readonly {
      readonly kind: string
      readonly keyId?: string
      readonly seconds?: number
    }[]
    readonly warnings: readonly string[]
  }[]
}

/** A receiver that captures: it is sent a flood of forgeries, a stale event, and one of another key. */
beforeAll(async () => {
  // A flood is not captured beyond so many in a second: what is of interest here comes in the next one.
  let laterMs = 0
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + laterMs }
  const receiver = createReceiver(redcumbre(secret), {
    clock,
    inbox: memoryInbox(),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    capture: { refused: 20, keep: captureFile(file) },
  })
  const server = createServer(toNodeHandler(receiver)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/webhooks/redcumbre?k=a-key-in-the-query`
  const headers = {
    'x-webhook-signature': secret,
    authorization: `Bearer ${secret}`,
    cookie: 'session=hunter2',
  }
  for (let count = 0; count < 200; count++)
    await fetch(url, { method: 'POST', body: 'x'.repeat(100_000), headers })
  laterMs = 1_000
  const ours = createSender({ provider: redcumbre, secret, url })
  await ours.send('bhe.emitida', {}, { at: new Date(Date.now() - 3_600_000), attempts: 1 })
  const theirs = createSender({ provider: redcumbre, secret: staging, url })
  await theirs.send('bhe.emitida', {}, { attempts: 1 })
  await receiver.close()
  server.closeAllConnections()
  server.close()
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('what a receiver captured of requests that it refused', () => {
  it('is bounded in number and bytes under a flood, and holds no secret of ours or of the sender', () => {
    const text = readFileSync(file, 'utf8')
    expect(text.trimEnd().split('\n').length).toBe(20)
    expect(Buffer.byteLength(text)).toBeLessThan(20 * 100_000)
    for (const hidden of [secret, staging, 'hunter2', 'a-key-in-the-query'])
      expect(text).not.toContain(hidden)
  })

  it('is explained one by one, as of its own time', async () => {
    const args = ['explain', '--provider', 'redcumbre', '--other', 'staging=env:STAGING', file, '--json']
    const { exitCode, stdout } = await acuse(args, { env })
    const { format, requests } = JSON.parse(stdout) as Answer
    expect([exitCode, format, requests.length]).toEqual([1, 'NDJSON', 20])
    expect(requests[18]).toMatchObject({ verdict: 'refused', code: 'time-past' })
    expect(requests[18]?.findings[0]?.seconds).toBeLessThan(-3_590)
    expect(requests[19]?.findings).toMatchObject([{ kind: 'other-key', keyId: 'staging' }])
    // Its signature was our secret, which was taken out.
    expect(requests[0]).toMatchObject({
      verdict: 'not-judged',
      warnings: ['body-cut', 'redacted'],
      refusedWith: 'signature-mismatch',
    })
  })

  it('is told in Spanish, with a remedy and where to read on', async () => {
    const { stdout } = await acuse(['explain', '--provider', 'redcumbre', file, '--lang', 'es'], { env })
    expect(stdout).toContain('RECHAZADA 401 time-past')
    expect(stdout).toContain('La hora firmada está 36')
    expect(stdout).toContain('Ver docs/troubleshooting.md#time-past')
    expect(stdout).toContain('20 solicitudes: 20 rechazadas, 0 aceptadas')
  })
})

describe('acuse explain', () => {
  const good = 'POST /webhooks/redcumbre HTTP/1.1\nX-Webhook-Signature: 00\n\n{}'

  it.each([
    ['no provider', ['explain', '-'], 2],
    ['no such provider', ['explain', '--provider', 'redcumbr', '-'], 2],
    ['no such file', ['explain', '--provider', 'redcumbre', 'nowhere.har'], 3],
    ['a folder', ['explain', '--provider', 'redcumbre', '.'], 3],
    ['an option that is written wrong', ['explain', '--provider', 'redcumbre', '--other', 'x', '-'], 2],
    ['a time that is none', ['explain', '--provider', 'redcumbre', '--at', 'noon', '-'], 2],
    ['a refusal', ['explain', '--provider', 'redcumbre', '-'], 1],
  ])('ends with the code of %s', async (_, args, exitCode) => {
    const ended = await acuse(args, { env, stdin: good })
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
    if (exitCode > 1) expect(ended.stderr).toMatch(/^acuse: /)
  })

  it('names the variable that it misses, and never prints a secret', async () => {
    const { exitCode, stderr } = await acuse(['explain', '--provider', 'redcumbre', '-'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('REDCUMBRE_WEBHOOK_SECRET is not set')])
    const onLine = await acuse(['explain', '--provider', 'redcumbre', '--secret', secret, '-'], {
      stdin: good,
    })
    expect(onLine.stderr).toContain('history')
    expect(`${onLine.stdout}${onLine.stderr}`).not.toContain(secret)
  })

  it('takes the secret from a file, without the line break that ends it, and the body from another', async () => {
    writeFileSync(join(folder, 'secret.txt'), `${secret}\n`)
    writeFileSync(join(folder, 'body.json'), '{}')
    const verbose = '> POST /webhooks/redcumbre HTTP/1.1\n> X-Webhook-Signature: 00\n> Content-Length: 2\n>'
    const args = ['explain', '--provider', 'redcumbre', '--secret-file', 'secret.txt', '-', '--json']
    const without = await acuse(args, { cwd: folder, stdin: verbose })
    expect((JSON.parse(without.stdout) as Answer).requests[0]?.warnings).toEqual(['body-missing'])
    const { stdout } = await acuse([...args, '--body', 'body.json'], { cwd: folder, stdin: verbose })
    expect((JSON.parse(stdout) as Answer).requests[0]?.warnings).toEqual([])
  })

  it.each([
    ['binary', Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 31 + 7) % 256))],
    ['huge', Buffer.alloc(70 * 2 ** 20, 'x')],
    ['malformed', '{"log":'],
  ])('refuses what is %s with code 2 and a remedy, never a stack', async (_, stdin) => {
    const { exitCode, stdout, stderr } = await acuse(['explain', '--provider', 'redcumbre', '-'], {
      env,
      stdin,
    })
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^acuse: /)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('takes a provider of the user, by the path of a module', async () => {
    const own = join(folder, 'acme.mjs')
    const core = import.meta.resolve('@acuse/core').replace('/src/index.ts', '/dist/index.js')
    writeFileSync(
      own,
      `import { defineProvider, hmac } from '${core}'
      export const acme = (secret) => defineProvider({ name: 'acme', path: '/webhooks/acme',
        scheme: hmac({ header: 'X-Acme', secret }), envelope: ({ type }) => ({ type }) })`,
    )
    const ended = await acuse(['explain', '--provider', './acme.mjs#acme', '-', '--json'], {
      cwd: folder,
      env: { ACME_WEBHOOK_SECRET: secret },
      stdin: good,
    })
    expect(JSON.parse(ended.stdout)).toMatchObject({
      provider: 'acme',
      requests: [{ code: 'header-missing' }],
    })
    const missing = await acuse(['explain', '--provider', './acme.mjs#acm', '-'], {
      cwd: folder,
      stdin: good,
    })
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('It exports: acme')])
  })
})
