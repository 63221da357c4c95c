import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender, missingSignature, tamperedBody, wrongSecret } from '@acuse/sender'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, type Running, root, startCommand } from './support/processes.ts'
import { findCommand } from './support/services.ts'

// Receivers that are not ours take what our sender signs. The vendors' packages are in providers/peers.
const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const folder = mkdtempSync(join(tmpdir(), 'acuse-receivers-'))
const started: Running[] = []

afterAll(async () => {
  for (const each of started) await each.stop('SIGKILL')
  rmSync(folder, { recursive: true })
})

function senderTo(url: string) {
  return createSender({ provider: redcumbre, secret, url, sleep: async () => {} })
}

describe("Redcumbre's documented Express example", () => {
  let url: string

  beforeAll(async () => {
    const program = join(root, 'test/fixtures/receivers/redcumbre-documented.mjs')
    const receiver = startCommand(
      process.execPath,
      [program],
      { REDCUMBRE_WEBHOOK_SECRET: secret },
      join(root, 'test'),
    )
    started.push(receiver)
    url = `http://127.0.0.1:${(await receiver.line(/^listening/)).split(' ').at(-1)}/webhooks/redcumbre`
  })

  it('takes each of the events, and its sandbox', async () => {
    const sender = senderTo(url)
    const events = await sender.events()
    expect(events).toHaveLength(12)
    for (const event of events)
      expect([event, (await sender.send(event, {}, { attempts: 1 })).status]).toEqual([event, 200])
    const sandbox = createSender({ provider: redcumbre, secret, url, sandbox: '99999999-9' })
    expect((await sandbox.send('bhe.emitida', {}, { attempts: 1 })).status).toBe(200)
  })

  it('refuses another secret', async () => {
    expect((await senderTo(url).with(wrongSecret).send('bhe.emitida')).status).toBe(401)
  })
})

describe("Debian's webhook, with the rule payload-hmac-sha256", () => {
  let url: string

  beforeAll(async () => {
    const port = await freePort()
    const hooks = [
      {
        id: 'redcumbre',
        'execute-command': '/bin/true',
        'response-message': 'taken',
        'trigger-rule-mismatch-http-response-code': 401,
        'trigger-rule': {
          match: {
            type: 'payload-hmac-sha256',
            secret,
            parameter: { source: 'header', name: 'X-Webhook-Signature' },
          },
        },
      },
    ]
    writeFileSync(join(folder, 'hooks.json'), JSON.stringify(hooks))
    const words = ['-hooks', 'hooks.json', '-ip', '127.0.0.1', '-port', String(port), '-verbose']
    const receiver = startCommand(findCommand(['webhook']) as string, words, {}, folder)
    started.push(receiver)
    await receiver.line(/serving hooks on/)
    url = `http://127.0.0.1:${port}/hooks/redcumbre`
  })

  it('takes each of the events', async () => {
    const sender = senderTo(url)
    for (const event of await sender.events())
      expect(await sender.send(event, {}, { attempts: 1 })).toMatchObject({
        event,
        status: 200,
        attempts: [{ answer: 'taken' }],
      })
  })

  it.each([tamperedBody, wrongSecret, missingSignature])('does not take $name', async (fault) => {
    const { attempts } = await senderTo(url).with(fault).send('bhe.emitida')
    expect(attempts[0]?.answer).not.toBe('taken')
    expect(attempts[0]?.status).toBeGreaterThanOrEqual(400)
  })
})
