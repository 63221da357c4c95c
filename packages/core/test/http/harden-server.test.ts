import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { hardenServer } from '../../src/index.ts'

// Real connections at short limits: they take the place of the 10 s and the 30 s, not of what closes by them.
async function hardened(limits: { headersTimeout?: number; requestTimeout?: number }) {
  const server = Object.assign(
    hardenServer(createServer((request) => void request.resume())),
    { connectionsCheckingInterval: 20 },
    limits,
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    /** Resolves with all that came back, when the server has closed the connection. */
    async sent(text: string): Promise<string> {
      const socket = connect(port, '127.0.0.1')
      let answer = ''
      socket.setEncoding('latin1').on('data', (chunk) => {
        answer += chunk
      })
      socket.on('error', () => {})
      socket.write(text)
      await once(socket, 'close')
      return answer
    },
    stop: () => server.close(),
  }
}

const line = 'POST /hooks HTTP/1.1\r\nHost: x\r\n'

describe('hardenServer', () => {
  it('closes a connection whose head never ends, by the limit of the head', async () => {
    const server = await hardened({ headersTimeout: 50 })
    expect(await server.sent(`${line}X-Slow: `)).toMatch(/^HTTP\/1\.1 408 /)
    server.stop()
  })

  it('closes a connection on which nothing is ever sent', async () => {
    const server = await hardened({ headersTimeout: 50 })
    expect(await server.sent('')).toMatch(/^HTTP\/1\.1 408 /)
    server.stop()
  })

  it('closes a connection whose body never ends, by the limit of the request', async () => {
    const server = await hardened({ headersTimeout: 50, requestTimeout: 50 })
    expect(await server.sent(`${line}Content-Length: 9\r\n\r\nabc`)).toMatch(/^HTTP\/1\.1 408 /)
    server.stop()
  })

  it.each(['before', 'right after'])(
    'has Node look every 5 s where it is called %s listen()',
    async (when) => {
      const server = createServer()
      if (when === 'before') hardenServer(server)
      server.listen(0, '127.0.0.1')
      if (when === 'right after') hardenServer(server)
      await once(server, 'listening')
      expect(checkingIntervalOf(server)).toBe(5_000)
      server.close()
    },
  )
})

/** Of the timer that Node made when the server began to listen. */
function checkingIntervalOf(server: Server): unknown {
  const symbol = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === 'http.server.connectionsCheckingInterval',
  )
  const timer: unknown = symbol && Reflect.get(server, symbol)
  return (timer as { readonly _repeat?: unknown } | undefined)?._repeat
}
