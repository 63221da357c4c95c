import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { connect, createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, connect as connectTcp, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CloseOnOptions, closeOn } from '../../src/operate.ts'
import { bench } from '../support/acme.ts'

// The orderly close of real processes, on real signals, is in test/health. Here a process that runs other tests must go on.

const open: { cancel(): void }[] = []
const timers: NodeJS.Timeout[] = []
const code = process.exitCode

// When its time is over, a close ends the process: this one runs other tests by then.
beforeEach(() => {
  const { setTimeout: begin } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, delayMs?: number) => {
    const timer = begin(run, delayMs)
    timers.push(timer)
    return timer
  }) as typeof setTimeout)
})

afterEach(() => {
  for (const timer of timers.splice(0)) clearTimeout(timer)
  for (const each of open.splice(0)) each.cancel()
  process.removeAllListeners('SIGUSR2')
  // The test runner's.
  process.channel?.ref()
  process.exitCode = code
})

function stage() {
  const lines: string[] = []
  const write = (_details: object, message: string): void => void lines.push(message)
  const logger = { debug: write, info: write, warn: write, error: write }
  const exited = new Promise<unknown>((resolve) => {
    vi.spyOn(process, 'exit').mockImplementation((given) => resolve(given) as never)
  })
  const on = (
    server: Parameters<typeof closeOn>[0],
    closables: Parameters<typeof closeOn>[1],
    options: CloseOnOptions = {},
  ) => {
    const closing = closeOn(server, closables, { logger, signals: ['SIGUSR2'], ...options })
    open.push(closing)
    return closing
  }
  return { lines, exited, on }
}

async function listening<S extends Server>(server: S): Promise<readonly [S, number]> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return [server, (server.address() as AddressInfo).port]
}

describe('closeOn', () => {
  it('closes receivers first, whatever their place in the list, and tells each how long it may take', async () => {
    const { on, lines } = stage()
    const { receiver } = bench()
    const order: string[] = []
    const close = vi.spyOn(receiver, 'close').mockImplementation(async () => void order.push('receiver'))
    const named = (name: string) => ({ close: () => order.push(name) })
    const [server] = await listening(createServer())
    const middleware = { receiver, close: receiver.close }
    const closing = on(server, [named('one'), middleware, named('two')])
    await closing.close()
    await closing.close()
    expect(order).toEqual(['receiver', 'one', 'two'])
    expect(close).toHaveBeenCalledWith({ timeoutMs: 7_000 })
    expect(lines).toEqual(['close(): closing, within 8000 ms', 'close(): everything is closed'])
    expect(server.listening).toBe(false)
  })

  it('closes what does not listen, too', async () => {
    const { on, lines } = stage()
    await on(createServer(), bench().receiver).close()
    expect(lines).toContain('close(): everything is closed')
  })

  it('logs what fails, closes the rest, and leaves exit code 1', async () => {
    const { on, lines } = stage()
    const broken = { close: () => Promise.reject(new Error('broken pool')) }
    const rest = { close: vi.fn() }
    await on(createServer(), [broken, rest]).close()
    expect(lines.join('\n')).toContain('failed to close: Error: broken pool')
    expect(rest.close).toHaveBeenCalledOnce()
    expect(process.exitCode).toBe(1)
  })

  it('ends with the number of a second signal, after a line', async () => {
    const { on, exited, lines } = stage()
    on(createServer(), { close: () => new Promise(() => {}) })
    process.emit('SIGUSR2', 'SIGUSR2')
    process.emit('SIGUSR2', 'SIGUSR2')
    expect(await exited).toBe(140)
    expect(lines.at(-1)).toMatch(/^SIGUSR2 again/)
  })

  it.each([
    ['something hangs', () => new Promise(() => {}), /after 20 ms not everything is closed, 0 requests/],
    ['something else keeps the process alive', () => undefined, /after 20 ms everything is closed, and/],
  ])('ends with 1 when %s', async (_what, close, said) => {
    const { on, exited, lines } = stage()
    void on(createServer(), { close }, { timeoutMs: 20 }).close()
    expect(await exited).toBe(1)
    expect(lines.at(-1)).toMatch(said)
  })

  it('listens no more once it is cancelled, unless it has begun', async () => {
    const { on } = stage()
    const [cancelled, begun] = [on(createServer(), []), on(createServer(), [])]
    cancelled.cancel()
    expect(process.listenerCount('SIGUSR2')).toBe(1)
    await begun.close()
    begun.cancel()
    expect(process.listenerCount('SIGUSR2')).toBe(1)
  })

  it('waits for an answer whose head was sent before', async () => {
    const { on } = stage()
    let finish = (): void => {}
    const [server, port] = await listening(
      createServer((_request, response) => {
        response.writeHead(200).flushHeaders()
        finish = () => void response.end('whole')
      }),
    )
    const closing = on(server, [])
    const asking = get({ port, host: '127.0.0.1', agent: false })
    const [response] = await once(asking, 'response')
    const closed = closing.close()
    finish()
    let text = ''
    for await (const part of response) text += part
    expect(text).toBe('whole')
    await closed
  })

  it('tells who asks over an open connection meanwhile to send nothing more, and closes the instance last', async () => {
    const { on } = stage()
    const order: string[] = []
    const { receiver } = bench()
    let handled = (): void => {}
    const handling = new Promise<void>((resolve) => {
      handled = resolve
    })
    vi.spyOn(receiver, 'close').mockImplementation(() => handling.then(() => void order.push('receiver')))
    const [server, port] = await listening(createServer((_request, response) => void response.end('late')))
    const socket = connectTcp(port, '127.0.0.1').setEncoding('utf8')
    await once(server, 'connection')
    const instance = { server, close: async () => void order.push('instance') }
    const closed = on(instance, receiver).close()
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    let text = ''
    for await (const part of socket) text += part
    expect(text).toMatch(/connection: close/i)
    handled()
    await closed
    expect(order).toEqual(['receiver', 'instance'])
  })

  it('lets the streams of HTTP/2 finish, and closes their sessions', async () => {
    const { on } = stage()
    let finish = (): void => {}
    const [server, port] = await listening(
      createHttp2((_request, response) => {
        finish = () => void response.end('whole')
        server.emit('asked')
      }),
    )
    const closing = on(server, [])
    const session = connect(`http://127.0.0.1:${port}`)
    const asked = once(server, 'asked')
    const stream = session.request({ ':path': '/' })
    await asked
    const closed = closing.close()
    finish()
    let text = ''
    for await (const part of stream) text += part
    expect(text).toBe('whole')
    await closed
    if (!session.closed) await once(session, 'close')
  })

  it.each([[undefined], [{}], [{ close: () => {} }], [{ server: {}, close: () => {} }]])(
    'refuses %o, which is no server',
    (server) => {
      expect(() => closeOn(server as never, [])).toThrow('closeOn must be given a server')
    },
  )

  it('refuses what cannot be closed, and options that cannot be', () => {
    const server = createServer()
    const make = (options: object) => () => closeOn(server, [], options)
    expect(() => closeOn(server, [{} as never])).toThrow('a method close')
    expect(make({ signals: ['TERM'] })).toThrow("'TERM'")
    expect(make({ signals: [15] })).toThrow('has 15')
    expect(make({ signals: ['SIGKILL'] })).toThrow('no process can hear')
    expect(make({ timeoutMs: 0 })).toThrow('timeoutMs')
    expect(make({ logger: {} })).toThrow('logger.debug')
    expect(make({ timeout: 1 })).toThrow("no option 'timeout'")
  })
})
