import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, toNodeHandler, type UnknownEvent } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { sendgrid } from '@acuse/providers/sendgrid'
import { slack } from '@acuse/providers/slack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acuse } from './acuse-process.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const env = {
  REDCUMBRE_WEBHOOK_SECRET: secret,
  SLACK_WEBHOOK_SECRET: secret,
  SENDGRID_WEBHOOK_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const options = () => ({ inbox: memoryInbox(), logger })
const ofRedcumbre = createReceiver(redcumbre(secret), options())
const receivers = [
  ofRedcumbre,
  createReceiver(slack(secret), options()),
  createReceiver(sendgrid(publicKey), options()),
] as const
const payloads: unknown[] = []
ofRedcumbre.on('bhe.emitida', ({ payload }) => void payloads.push(payload))
ofRedcumbre.onUnknown((_: UnknownEvent) => {})

const server = createServer((request, response) => {
  const found = receivers.find((each) => each.answers(request.url?.split('?')[0] ?? ''))
  if (found) return void toNodeHandler(found)(request, response)
  response.writeHead(500).end('nobody')
})
let base = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await Promise.all(receivers.map((each) => each.close()))
  server.closeAllConnections()
  server.close()
})

const redcumbreAt = (...args: readonly string[]) =>
  acuse(['send', 'redcumbre', 'bhe.emitida', '--to', `${base}/webhooks/redcumbre`, '--json', ...args], {
    env,
  })

describe('acuse send', () => {
  it('sends a sample, with values of the user laid over it', async () => {
    const { exitCode, stdout } = await redcumbreAt('--set', 'montos.liquido=194062', '--set', 'folioSii=F-1')
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      0,
      { delivered: true, status: 200, faults: [], attempts: [{ number: 1 }] },
    ])
    await ofRedcumbre.onIdle()
    expect(payloads.at(-1)).toMatchObject({ folioSii: 'F-1', montos: { liquido: 194_062 } })
  })

  it('does wrong by name, and says what was answered', async () => {
    for (const fault of ['tamperedBody', 'wrongSecret', 'staleTimestamp']) {
      const { exitCode, stdout } = await redcumbreAt('--fault', fault)
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        1,
        { delivered: false, status: 401, faults: [fault] },
      ])
    }
    const twice = await redcumbreAt('--fault', 'duplicate=2')
    expect(twice.exitCode).toBe(0)
    expect(JSON.parse(twice.stdout)).toMatchObject({ status: 200, others: [{ status: 200 }] })
  })

  it('sends many, several at once', async () => {
    const { exitCode, stdout } = await redcumbreAt('--count', '50', '--concurrency', '5')
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      0,
      { sent: 50, delivered: 50, statuses: { 200: 50 } },
    ])
  })

  it('signs with a private key, and asks what the provider asks', async () => {
    const signed = await acuse(['send', 'sendgrid', 'delivered', '--to', `${base}/webhooks/sendgrid`], {
      env,
    })
    expect([signed.exitCode, signed.stdout]).toEqual([
      0,
      expect.stringMatching(/^DELIVERED delivered\n {2}attempt 1: 200, /),
    ])
    const asked = await acuse(
      ['send', 'slack', '--handshake', '--to', `${base}/webhooks/slack`, '--lang', 'es'],
      { env },
    )
    expect([asked.exitCode, asked.stdout]).toEqual([0, expect.stringContaining('respuesta correcta')])
  })

  it.each([
    [
      'an event that there is not',
      ['send', 'redcumbre', 'bhe.emitda', '--to', 'http://127.0.0.1:1'],
      2,
      /bhe\.emitida/,
    ],
    ['no event', ['send', 'redcumbre', '--to', 'http://127.0.0.1:1'], 2, /bhe\.emitida/],
    ['no address', ['send', 'redcumbre', 'bhe.emitida'], 2, /--to/],
    [
      'a fault that there is not',
      ['send', 'redcumbre', 'x', '--to', 'http://x', '--fault', 'tampered'],
      2,
      /tamperedBody/,
    ],
    [
      'a value that is none',
      ['send', 'redcumbre', 'x', '--to', 'http://x', '--set', '__proto__.a=1'],
      2,
      /--set/,
    ],
    ['no secret', ['send', 'github', 'push', '--to', 'http://127.0.0.1:1'], 2, /GITHUB_WEBHOOK_SECRET/],
    [
      'an option of the provider that is missing',
      ['send', 'twilio', 'x', '--to', 'http://x', '--secret', secret],
      2,
      /publicUrl/,
    ],
    ['no handshake', ['send', 'redcumbre', '--handshake', '--to', 'http://127.0.0.1:1'], 2, /handshake/],
    ['nobody there', ['send', 'redcumbre', 'bhe.emitida', '--to', 'http://127.0.0.1:1'], 3, /^$/],
  ])('ends with the code of %s', async (_, args, exitCode, message) => {
    const ended = await acuse(args, { env })
    expect([ended.exitCode, ended.stderr]).toEqual([exitCode, expect.stringMatching(message)])
    expect(ended.stderr).not.toMatch(/^\s+at /m)
  })
})
