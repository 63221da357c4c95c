import { Console } from 'node:console'
import { createHmac } from 'node:crypto'
import { Writable } from 'node:stream'
import { createReceiver, fromRawHeaders, type Logger, memoryInbox, type Receiver } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import fastify from 'fastify'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLogger, format, transports } from 'winston'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'

/** The lines that a logger writes. */
function sink(): { stream: Writable; lines(): string[] } {
  let text = ''
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream, lines: () => text.split('\n').filter((line) => line !== '') }
}

/** Real loggers as a program makes them, over a stream. */
const loggers: Record<string, (stream: Writable) => Logger> = {
  pino: (stream) => pino({}, stream),
  "Fastify's": (stream) => fastify({ logger: { stream } }).log,
  'winston in JSON': (stream) => createLogger({ transports: [new transports.Stream({ stream })] }),
  'winston in text': (stream) =>
    createLogger({ format: format.simple(), transports: [new transports.Stream({ stream })] }),
  'the console': (stream) => new Console({ stdout: stream, stderr: stream }),
}

function receiverOn(logger: Logger): Receiver<RedcumbreEvents> {
  return createReceiver(redcumbre(secret), { inbox: memoryInbox(), retry: { attempts: 1 }, logger })
}

function signed(
  payload: object | string | Buffer,
  signature?: string,
): Parameters<Receiver<never>['receive']>[0] {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(text)
  const mac = signature ?? createHmac('sha256', secret).update(body).digest('hex')
  const headers = fromRawHeaders(['X-Webhook-Signature', mac])
  return { method: 'POST', url: '/webhooks/redcumbre', headers, body }
}

const event = (type: string, ageMs = 0) => ({
  event: type,
  timestamp: new Date(Date.now() - ageMs).toISOString(),
})

describe('no logger', () => {
  it('warns the process of what is authentic and refused, of who is refused, and of what died', async () => {
    const lines: string[] = []
    const listen = ({ message }: Error): void => void lines.push(message)
    process.on('warning', listen)
    try {
      const receiver = createReceiver(redcumbre(secret), { inbox: memoryInbox(), retry: { attempts: 1 } })
      receiver.onUnknown(() => {
        throw new Error('the table is locked')
      })
      receiver.work()
      await receiver.receive(signed(event('bhe.emitida', 301_000)))
      await receiver.receive(signed(event('bhe.emitida'), '0'.repeat(64)))
      await receiver.receive(signed(event('bhe.nueva')))
      await receiver.onIdle()
      // Node tells a warning in the next turn.
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('warning', listen)
    }
    for (const said of [
      /authentic, and refused with 401 time-past \(bhe\.emitida\), 30\d s in the past/,
      /refused with 401 signature-mismatch/,
      /bhe\.nueva \S{22} \(request \S{36}\): dead letter, attempts-used-up, .*the table is locked/,
    ])
      expect(lines).toContainEqual(expect.stringMatching(said))
  })
})

describe.each(Object.entries(loggers))('%s', (_, make) => {
  it('says why, in the message and under err, whatever it prints of errors', async () => {
    const { stream, lines } = sink()
    const { body, ...head } = signed(event('x'))
    const consumedRemedy = 'Mount the webhooks before express.json()'
    await receiverOn(make(stream)).handle({ ...head, read: () => 'body-consumed', consumedRemedy })
    const said = lines().join('\n')
    expect(body).toBeDefined()
    expect(said).toContain('refused with 500 body-consumed')
    expect(said.split(consumedRemedy).length).toBeGreaterThan(2)
  })

  it('says that an authentic event was refused, by how much it was late, or what its body is', async () => {
    const { stream, lines } = sink()
    const receiver = receiverOn(make(stream))
    await receiver.receive(signed(event('bhe.emitida', 301_000)))
    await receiver.receive(signed('\ufeff{}'))
    await receiver.receive(signed(Buffer.from('{"nota":"señal"}', 'latin1')))
    await receiver.receive(signed('{"a":'.repeat(65) + 0 + '}'.repeat(65)))
    const said = lines().join('\n')
    expect(said).toMatch(/authentic, and refused with 401 time-past \(bhe\.emitida\), 30\d s in the past/)
    for (const code of ['body-not-json', 'body-not-utf8', 'body-too-deep'])
      expect(said).toContain(`authentic, and refused with 400 ${code}`)
  })

  it('says at a level that is on by default that somebody is refused, and which header is missing', async () => {
    const { stream, lines } = sink()
    const { body, ...head } = signed(event('x'))
    await receiverOn(make(stream)).handle({ ...head, headers: fromRawHeaders([]), read: () => body })
    expect(lines().join('\n')).toMatch(/refused with 401 header-missing, header .?'x-webhook-signature'/)
  })

  it('says what a handler threw, beside the event', async () => {
    const { stream, lines } = sink()
    const receiver = receiverOn(make(stream))
    receiver.onUnknown(() => {
      throw new Error('the table is locked')
    })
    receiver.work()
    await receiver.receive(signed(event('bhe.nueva')))
    await receiver.onIdle()
    const said = lines().join('\n')
    expect(said).toMatch(
      /redcumbre bhe\.nueva \S{22} \(request \S{36}\): dead letter, attempts-used-up, attempts made: 1, handler '\S+': Error: the table is locked/,
    )
    expect(said).toContain('loggers.test.ts')
  })

  it('never prints raw what a sender wrote', async () => {
    const { stream, lines } = sink()
    const receiver = receiverOn(make(stream))
    receiver.onUnknown(({ type }, { log }) => {
      log.warn({}, `a handler says ${type}`)
      throw new Error(`cannot handle ${type}`)
    })
    receiver.work()
    await receiver.receive(signed(event('x\nINFO forged\u001b[2J')))
    await receiver.onIdle()
    const said = lines()
    expect(said.join('\n')).toContain('INFO forged')
    expect(said.filter((line) => line.startsWith('INFO forged'))).toEqual([])
    // The console colours nothing here: no escape is its own.
    expect(said.join('\n')).not.toContain('\u001b')
  })
})
