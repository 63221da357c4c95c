import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { errorCode, messageOf, unreachableError } from '../../command/cli-error.ts'
import { Watchers, writePage } from './page.ts'

/** Bodies that are larger are refused with 413. */
const maxBodyBytes = 16 * 2 ** 20

/** What answers a delivery. */
type Deliver = (request: IncomingMessage, body: Buffer | undefined, response: ServerResponse) => Promise<void>

/** A server on this machine: deliveries, and a page that shows them. */
export interface LocalServer {
  readonly url: string
  /** Shows something on the page. */
  tell(event: object): void
  close(): Promise<void>
}

/** Where it listens, and what it serves. */
export interface LocalServerOptions {
  readonly host: string
  readonly port: number
  readonly language: string
  readonly deliver: Deliver
}

/**
 * Listens.
 * @throws CliError when the port cannot be had
 */
export async function startServer(options: LocalServerOptions): Promise<LocalServer> {
  const watchers = new Watchers()
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const { host, port, language, deliver } = options

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isPage = request.method === 'GET' && (request.url === '/' || request.url === '/_acuse/events')
    if (!isPage) return deliver(request, await readBody(request), response)
    if (!isOfHere(request, host)) {
      response.writeHead(403).end()
      return
    }
    if (request.url === '/') writePage(response, language)
    else watchers.add(response)
  }

  server.listen(port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw unreachableError(`${host}:${port}: ${errorCode(error) ?? messageOf(error)}`)
  })
  const address = server.address() as AddressInfo
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${shown}:${address.port}`,
    tell: (event) => watchers.tell(event),
    async close() {
      watchers.close()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A page of anybody's, whose name was made to point here, must not read what came (DNS rebinding). */
function isOfHere(request: IncomingMessage, host: string): boolean {
  const [name = ''] = /^(?:\[[^\]]*\]|[^:]*)/.exec(request.headers.host ?? '') ?? []
  return name === 'localhost' || name === host || isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/** The bytes as they came; `undefined`: more than may be. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).byteLength
    if (bytes > maxBodyBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
