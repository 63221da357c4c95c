import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Dashboard, type DashboardOptions, dashboard, toNodeListener } from '@acuse/dashboard'

/** A dashboard on a port of its own. */
export interface Served {
  readonly board: Dashboard
  readonly origin: string
  /** Where the dashboard begins. */
  readonly url: string
  /** The HTML, or what else it answers, as a user of Basic authentication gets it. */
  get(path: string, user?: string): Promise<Response>
  stop(): Promise<void>
}

/** `ada` writes, `reader` looks, nobody else is let in. */
const authorize: DashboardOptions['authorize'] = (request) => {
  const [, encoded = ''] = (request.headers.get('authorization') ?? '').split(' ')
  const [user = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  if (user === 'ada' || user === 'grace') return { user, mayWrite: true }
  return user === 'reader' && { user }
}

/** Serves a dashboard over HTTP on 127.0.0.1. */
export async function serve(options: Omit<DashboardOptions, 'authorize'>): Promise<Served> {
  const board = dashboard({ authorize, ...options })
  const server = createServer(toNodeListener(board))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = origin + board.basePath
  return {
    board,
    origin,
    url,
    get: (path, user = 'ada') =>
      fetch(url + path, { headers: { authorization: `Basic ${btoa(`${user}:x`)}` } }),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
