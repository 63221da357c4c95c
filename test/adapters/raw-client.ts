import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../support/processes.ts'
import { path, secret } from './hosts.ts'

/** The bytes that came back before the connection was quiet or closed. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case, without those that only tell the time or the connection's own state. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether the server closed the connection. */
  readonly closed: boolean
}

const sample = JSON.parse(
  readFileSync(join(root, 'test/fixtures/redcumbre/bhe.emitida.json'), 'utf8'),
) as object
let serial = 0

/** A body that no test has sent before. */
export function freshBody(changes: object = {}): Buffer {
  const fresh = { ...sample, bheId: `bhe-${process.pid}-${++serial}`, timestamp: new Date().toISOString() }
  return Buffer.from(JSON.stringify({ ...fresh, ...changes }))
}

/** The signature of a body. */
export function sign(body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

/** The parts of a raw request; `headers` are lines, sent as they are. */
export interface RawRequest {
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
  readonly signature?: string | null
  readonly body?: Uint8Array
  /** The value of `Content-Length`; `null` leaves it out. */
  readonly length?: number | null
}

/** The bytes of the head of a request. */
export function headOf({
  method = 'POST',
  target = path,
  headers = [],
  signature,
  body = Buffer.alloc(0),
  length,
}: RawRequest): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    ...headers,
  ]
  if (signature !== null) lines.push(`X-Webhook-Signature: ${signature ?? sign(body)}`)
  if (length !== null) lines.push(`Content-Length: ${length ?? body.byteLength}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Sends a whole request and waits for its answer. */
export function send(port: number, request: RawRequest): Promise<RawAnswer> {
  const { body = Buffer.alloc(0) } = request
  return exchange(port, [headOf(request), body], { hasBody: request.method !== 'HEAD' })
}

/** How parts are written, and what comes back. */
export interface ExchangeOptions {
  readonly pauseMs?: number
  readonly timeoutMs?: number
  /** `false`: the answer has none, whatever length it tells, as to HEAD. */
  readonly hasBody?: boolean
}

/** Writes parts, with a pause between them, and reads one answer. */
export async function exchange(
  port: number,
  parts: Iterable<Uint8Array>,
  { pauseMs = 0, timeoutMs = 30_000, hasBody = true }: ExchangeOptions = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  const answered = readAnswer(socket, timeoutMs, hasBody)
  for (const part of parts) {
    if (socket.destroyed) break
    socket.write(part)
    if (pauseMs > 0) await sleep(pauseMs)
  }
  const answer = await answered
  socket.destroy()
  return answer
}

function readAnswer(socket: Socket, timeoutMs: number, hasBody: boolean): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const finish = (closed: boolean): void => {
      clearTimeout(timer)
      resolve(parse(received, closed))
    }
    const timer = setTimeout(() => finish(false), timeoutMs)
    socket.on('error', () => {})
    socket.on('close', () => finish(true))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const answer = parse(received, false)
      const announced = answer.headers['content-length']
      const isWhole = !hasBody || Buffer.byteLength(answer.body) >= Number(announced)
      const whole = announced !== undefined && isWhole
      if (answer.status > 0 && whole && answer.headers['connection'] !== 'close') finish(false)
    })
  })
}

const unstable = ['date', 'keep-alive']

function parse(received: Buffer, closed: boolean): RawAnswer {
  const [head = '', ...rest] = received.toString('utf8').split('\r\n\r\n')
  const [start = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines
      .map(
        (line) =>
          [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
      )
      .filter(([name]) => !unstable.includes(name))
      .sort(),
  )
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(start)?.[1] ?? 0),
    headers,
    body: rest.join('\r\n\r\n'),
    closed,
  }
}
