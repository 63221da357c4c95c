import { createServer, type IncomingMessage, type Server } from 'node:http'
import * as http2 from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readNodeBody } from '../../src/http/node-body.ts'
import { systemClock } from '../../src/index.ts'
import type { BodyFailure } from '../../src/model/rejection.ts'

let server: Server | undefined
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server?.close()
})

/** A raw TCP client and the result of reading what it sends. */
async function reading(
  limits: { maxBytes?: number; timeoutMs?: number },
  before: (request: IncomingMessage) => unknown = () => {},
): Promise<{ socket: Socket; result: Promise<Uint8Array | BodyFailure> }> {
  let resolve: (result: Uint8Array | BodyFailure) => void
  const result = new Promise<Uint8Array | BodyFailure>((settle) => {
    resolve = settle
  })
  server = createServer(async (request) => {
    await before(request)
    resolve(
      await readNodeBody(request, {
        maxBytes: 1_000,
        timeoutMs: 1_000,
        take: () => true,
        clock: systemClock,
        ...limits,
      }),
    )
  })
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  sockets.push(socket)
  return { socket, result }
}

const head = (headers: string): string => `POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`
const tick = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('readNodeBody', () => {
  it('reads a body in one chunk, in many, and none', async () => {
    const one = await reading({})
    one.socket.write(`${head('Content-Length: 3')}abc`)
    expect(Buffer.from((await one.result) as Uint8Array).toString()).toBe('abc')

    const many = await reading({})
    many.socket.write(head('Transfer-Encoding: chunked'))
    for (const part of ['1\r\na\r\n', '2\r\nbc\r\n', '0\r\n\r\n']) {
      await tick()
      many.socket.write(part)
    }
    expect(Buffer.from((await many.result) as Uint8Array).toString()).toBe('abc')

    const none = await reading({})
    none.socket.write(head('Content-Length: 0'))
    expect(await none.result).toEqual(Buffer.alloc(0))
  })

  it('counts what arrives, not what was declared', async () => {
    const { socket, result } = await reading({ maxBytes: 10 })
    socket.write(`${head('Transfer-Encoding: chunked')}b\r\n01234567890\r\n`)
    expect(await result).toBe('body-too-large')
  })

  it('gives up on a body that does not end', async () => {
    const { socket, result } = await reading({ timeoutMs: 30 })
    socket.write(`${head('Content-Length: 10')}abc`)
    expect(await result).toBe('body-timeout')
  })

  it('notices that the client went away, before or while it reads, without noise', async () => {
    const during = await reading({})
    during.socket.write(`${head('Content-Length: 10')}abc`)
    await tick()
    during.socket.destroy()
    expect(await during.result).toBe('body-aborted')

    const before = await reading({}, (request) => {
      const closed = new Promise((resolve) => request.once('close', resolve))
      before.socket.destroy()
      return closed
    })
    before.socket.write(`${head('Content-Length: 10')}abc`)
    expect(await before.result).toBe('body-aborted')
  })

  it('takes an error of the connection that comes after its answer: it must not end the process', async () => {
    let request: IncomingMessage | undefined
    const large = await reading({ maxBytes: 2 }, (each) => {
      request = each
    })
    large.socket.write(`${head('Content-Length: 9')}abc`)
    expect(await large.result).toBe('body-too-large')
    // An emitter throws where nobody listens.
    expect(() => request?.emit('error', new Error('read ECONNRESET'))).not.toThrow()
  })

  it('says that somebody else read the body', async () => {
    for (const consume of [
      async (request: IncomingMessage) => {
        for await (const _ of request);
      },
      (request: IncomingMessage) => new Promise<void>((resolve) => request.once('data', () => resolve())),
    ]) {
      const { socket, result } = await reading({}, consume)
      socket.write(`${head('Content-Length: 3')}abc`)
      expect(await result).toBe('body-consumed')
    }
  })
})

describe('readNodeBody on HTTP/2', () => {
  it.each<[string, number, string]>([
    ['while it is read', 1_000, 'body-aborted'],
    ['after it was refused', 2, 'body-too-large'],
  ])('outlives a stream that the client resets %s', async (_, maxBytes, expected) => {
    const results: (Uint8Array | BodyFailure)[] = []
    let wasRead: () => void = () => {}
    const read = new Promise<void>((resolve) => {
      wasRead = resolve
    })
    const uncaught: unknown[] = []
    const note = (error: unknown) => void uncaught.push(error)
    process.on('uncaughtException', note)
    const over = http2.createServer()
    const streamClosed = new Promise<void>((resolve) => {
      over.on('stream', (stream) => stream.on('close', () => setImmediate(resolve)))
    })
    over.on('request', async (request) => {
      const limits = { maxBytes, timeoutMs: 10_000, take: () => true, clock: systemClock }
      results.push(await readNodeBody(request as unknown as IncomingMessage, limits))
      wasRead()
    })
    await new Promise<void>((ready) => over.listen(0, '127.0.0.1', ready))
    const session = http2.connect(`http://127.0.0.1:${(over.address() as AddressInfo).port}`)
    session.on('error', () => {})
    const stream = session.request({ ':method': 'POST', ':path': '/' }).on('error', () => {})
    stream.write('abc')
    if (maxBytes < 3) await read
    else await new Promise<void>((resolve) => over.once('stream', () => setImmediate(resolve)))
    stream.destroy(new Error('reset'))
    await Promise.all([read, streamClosed])
    process.off('uncaughtException', note)
    session.destroy()
    over.close()
    expect(results).toEqual([expected])
    expect(uncaught).toEqual([])
  })
})
