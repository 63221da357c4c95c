import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http as registerFunction } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'

/** A request to an app, wherever it runs. */
export interface Call {
  readonly method?: string
  /** The path and the query, as a client sends them. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** As much of an answer as tables compare. */
interface Answer {
  readonly status: number
  readonly body: string
}

/** An app that answers. */
export interface Served {
  call(call: Call): Promise<Answer>
  stop(): void
}

/** Serves an app by `node:http`. */
export async function byHttp(server: Server): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    async call({ method = 'POST', target, headers = {}, body }) {
      const sent = method === 'GET' || body === undefined ? {} : { body }
      const response = await fetch(`http://127.0.0.1:${port}${target}`, { method, headers, ...sent })
      return { status: response.status, body: await response.text() }
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Serves an app as the functions framework of Google Cloud does, which parses bodies before the function. */
export function byFunctionsFramework(name: string, app: RequestListener): Promise<Served> {
  registerFunction(name, app as never)
  return byHttp(getTestServer(name))
}

interface LambdaAnswer {
  readonly statusCode: number
  readonly body: string
  readonly isBase64Encoded?: boolean
}

type LambdaHandler = (event: object, context: object) => Promise<LambdaAnswer>

/** Serves an app as a function of AWS, which an HTTP API calls (payload 2.0). */
export function byLambda(handler: (...given: never[]) => unknown): Served {
  return {
    async call(call) {
      const answer = await (handler as LambdaHandler)(eventOf(call), { awsRequestId: 'r' })
      const body = answer.isBase64Encoded ? Buffer.from(answer.body, 'base64').toString() : answer.body
      return { status: answer.statusCode, body }
    },
    stop() {},
  }
}

function eventOf({ method = 'POST', target, headers = {}, body = '' }: Call): object {
  const [rawPath = '', rawQueryString = ''] = target.split('?')
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'x' }
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
    headers: {
      host: 'hooks.example.com',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
    requestContext: { http, domainName: 'hooks.example.com', requestId: 'r', stage: '$default' },
    body,
    isBase64Encoded: false,
  }
}
