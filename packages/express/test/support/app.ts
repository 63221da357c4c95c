import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AckOnAcceptedOptions, memoryInbox, type Observation } from '@acuse/core'
import type { RedcumbreEvents } from '@acuse/providers/redcumbre'
import type { Express } from 'express'
import { afterEach } from 'vitest'
import { redcumbreWebhooks } from '../../src/index.ts'

export const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'

const fixture = new URL('../../../../test/fixtures/redcumbre/bhe.emitida.json', import.meta.url)

const sample = JSON.parse(readFileSync(fixture, 'utf8')) as object

export const path = '/webhooks/redcumbre'

export const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let serial = 0

/** A body that no test has sent before. */
export function freshBody(): Buffer {
  return Buffer.from(
    JSON.stringify({ ...sample, bheId: `bhe-${++serial}`, timestamp: new Date().toISOString() }),
  )
}

export const signatureOf = (body: Buffer): string => createHmac('sha256', secret).update(body).digest('hex')

interface Call {
  readonly method?: string
  readonly body?: Buffer
  readonly headers?: Record<string, string | string[]>
}

export async function listen(app: Express): Promise<(target: string, call?: Call) => Promise<Answer>> {
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return (target, { method = 'POST', body = freshBody(), headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const base = { 'content-type': 'application/json', 'x-webhook-signature': signatureOf(body) }
      const request = httpRequest(
        { port, host: '127.0.0.1', path: target, method, headers: { ...base, ...headers }, agent: false },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          )
        },
      )
      request.on('error', reject)
      request.end(method === 'POST' || method === 'PUT' ? body : undefined)
    })
}

export function bench(options: AckOnAcceptedOptions<RedcumbreEvents> = {}) {
  const observations: Observation[] = []
  const errors: string[] = []
  const silent = (): void => {}
  const middleware = redcumbreWebhooks(secret, {
    inbox: memoryInbox({ maxIdempotencyKeys: 1_000 }),
    observer: (observation) => observations.push(observation),
    logger: {
      debug: silent,
      info: silent,
      warn: silent,
      error: (_, message) => errors.push(message),
    },
    ...options,
  })
  return { middleware, observations, errors }
}
