import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Dashboard } from '../dashboard.ts'

/** A listener for `node:http`, and a middleware for Express 4 and 5. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>

/** What Express adds to a request. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly protocol?: string
  /** What a parser made of the form before us. */
  readonly body?: unknown
}

/**
 * The dashboard for a `node:http` server, or for Express: `app.use(toNodeListener(board))`, or behind your login,
 * `app.use('/acuse', requireAdmin, toNodeListener(board))`. `authorize` is handed the request as its second parameter. What is
 * not below `basePath` is passed on to Express, and is a 404 without it.
 * @example
 * import { memoryInbox } from '@acuse/core'
 * import { dashboard, toNodeListener } from '@acuse/dashboard'
 * import express from 'express'
 *
 * const isAdmin = (request: Request) => request.headers.get('x-forwarded-user') === 'ada'
 * const board = dashboard({ inboxes: { main: memoryInbox() }, authorize: isAdmin })
 * express().use(toNodeListener(board)).listen(3000)
 */
export function toNodeListener(board: Dashboard): NodeListener {
  return async function acuseDashboard(request, response, next) {
    if (next && !isBelow(request, board.basePath)) return next()
    await writeDashboard(board, request, response, request)
  }
}

/** Answers one request of Node's, and tells `authorize` of the framework's own. */
export async function writeDashboard(
  board: Dashboard,
  request: IncomingMessage,
  response: ServerResponse,
  native: unknown,
): Promise<void> {
  try {
    await write(await board(toRequest(request), native), response)
  } catch {
    // Nothing of what failed goes out: who asks may be anybody.
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
    response.end('The dashboard failed\n')
  }
}

function targetOf({ originalUrl, url = '/' }: ExpressRequest): string {
  const target = originalUrl ?? url
  return target.startsWith('/') ? target : '/'
}

function isBelow(request: IncomingMessage, basePath: string): boolean {
  const [path = ''] = targetOf(request).split('?')
  return path === basePath || path.startsWith(`${basePath}/`)
}

function toRequest(request: ExpressRequest): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each)
  const isSecure = 'encrypted' in request.socket || request.protocol === 'https'
  const base = `${isSecure ? 'https' : 'http'}://${request.headers.host}`
  const origin = URL.canParse(base) ? new URL(base).origin : 'http://localhost'
  const method = String(request.method)
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(origin + targetOf(request), {
    method,
    headers,
    ...(hasBody && { body: bodyOf(request), duplex: 'half' }),
  })
}

function bodyOf(request: ExpressRequest): NonNullable<RequestInit['body']> {
  const { body } = request
  if (typeof body === 'string' || body instanceof Uint8Array) return new Uint8Array(Buffer.from(body))
  if (typeof body === 'object' && body !== null && request.readableEnded) return toForm(body)
  // Node's own type of a web stream and the global one are the same object.
  return Readable.toWeb(request) as ReadableStream<Uint8Array>
}

async function write(answer: Response, response: ServerResponse): Promise<void> {
  if (response.headersSent || response.destroyed) return
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value)
  const cookies = answer.headers.getSetCookie()
  // A session of the app may have set its own.
  for (const cookie of cookies) response.appendHeader('set-cookie', cookie)
  response.end(Buffer.from(await answer.arrayBuffer()))
}

/** The text of a form that a parser took apart. */
function toForm(fields: object): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value))
  return form.toString()
}
