import { redcumbre } from '@acuse/providers/redcumbre'
import { slack } from '@acuse/providers/slack'
import { describe, expect, it } from 'vitest'
import { createSender, duplicate, type Fetch, type SendReport } from '../src/index.ts'
import { matchers } from '../src/matchers/index.ts'
import '../src/matchers/vitest.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'

function senderTo(...statuses: number[]) {
  const fetch: Fetch = async () =>
    new Response(null, { status: (statuses.length > 1 ? statuses.shift() : statuses[0]) as number })
  return createSender({ provider: redcumbre, secret, fetch, sleep: async () => {} })
}

describe('matchers of reports', () => {
  it('hold of what was acknowledged, with all of its copies', async () => {
    const report = await senderTo(500, 204).send('bhe.emitida')
    expect(report).toBeAcknowledged()
    expect(report).toBeAcknowledgedWithin(60_000)
    expect(report).toTakeAttempts(2)
    expect(report).not.toBeRefusedWith(500)
    const half = await senderTo(200, 401).with(duplicate()).send('bhe.emitida', {}, { attempts: 1 })
    expect(half).not.toBeAcknowledged()
    expect(half).not.toBeAcknowledgedWithin(60_000)
  })

  it('do not hold of what took longer', async () => {
    const report = await senderTo(200).send('bhe.emitida')
    const slow: SendReport = {
      ...report,
      attempts: [{ number: 1, delayMs: 0, durationMs: 5_001, status: 200 }],
    }
    expect(slow).not.toBeAcknowledgedWithin(5_000)
  })

  it('say what was expected, and show the report', async () => {
    const report = await senderTo(401).send('bhe.emitida', {}, { attempts: 1 })
    expect(report).toBeRefusedWith()
    expect(() => expect(report).toBeAcknowledged()).toThrow(
      /expected the delivery to be acknowledged with a 2xx:\n\nevent .*\nbhe\.emitida .*401/,
    )
    expect(() => expect(report).not.toBeRefusedWith(401)).toThrow('not to be refused with 401')
  })

  it('say what they take, of a promise that nobody awaited too', async () => {
    expect(() => expect(senderTo(200).send('bhe.emitida')).toBeAcknowledged()).toThrow(
      'expect takes the report',
    )
    expect(() => matchers.toBeAnswered([])).toThrow('await sender.handshake()')
  })

  it('hold of handshakes that are answered', async () => {
    const fetch: Fetch = async (_, { body }) => {
      const { challenge } = JSON.parse(Buffer.from(body as Uint8Array).toString())
      return Response.json({ challenge })
    }
    expect(await createSender({ provider: slack, secret, fetch }).handshake()).toBeAnswered()
    const deaf: Fetch = async () => new Response('')
    expect(await createSender({ provider: slack, secret, fetch: deaf }).handshake()).not.toBeAnswered()
  })
})
