import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** A request as the doctor sends it: a header with several values is sent as several lines. */
export interface Outgoing {
  /** Default POST. */
  readonly method?: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Uint8Array
}

/** What came of a request. Exactly one of `status` and `failure` is there. */
export interface Answer {
  readonly status?: number
  readonly failure?: 'timeout' | 'network'
  readonly headers: Readonly<Record<string, string>>
  /** The first 64 KiB, as text. */
  readonly body: string
  readonly durationMs: number
}

/** A request whose body is still being sent. */
export interface Opened {
  /** Resolves when the bytes are handed on, or cannot be any more. */
  write(bytes: Uint8Array): Promise<void>
  end(): void
  /** Breaks the connection off. */
  destroy(): void
  /** Ends what is sent, and waits for the answer: the body stays cut short. */
  finish(): void
  /** It never rejects. */
  readonly answered: Promise<Answer>
  readonly isAnswered: () => boolean
}

const mostBytes = 65_536

/** Opens a request; without a length in its headers the body is sent in chunks. */
export function open({ method = 'POST', url, headers }: Outgoing, timeoutMs: number): Opened {
  const startedAt = performance.now()
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  const request = send(url, { method, agent: false })
  for (const [name, value] of Object.entries(headers))
    request.setHeader(name, typeof value === 'string' ? value : [...value])
  let isOver = false
  const answered = answerTo(request, startedAt, timeoutMs).finally(() => {
    isOver = true
  })
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        if (isOver || request.destroyed) return resolve()
        const done = (): void => {
          request.off('close', done)
          resolve()
        }
        request.once('close', done)
        request.write(bytes, done)
      }),
    end: () => void request.end(),
    destroy: () => void request.destroy(),
    finish: () => void request.socket?.end(),
    answered,
    isAnswered: () => isOver,
  }
}

/** Sends a whole request, and waits for its answer; it never rejects. */
export function send(outgoing: Outgoing, timeoutMs: number): Promise<Answer> {
  const { method, body } = outgoing
  const hasBody = method === undefined || method === 'POST' || method === 'PUT'
  const length = hasBody ? { 'content-length': String(body.byteLength) } : undefined
  const opened = open({ ...outgoing, headers: { ...outgoing.headers, ...length } }, timeoutMs)
  if (hasBody) void opened.write(body)
  opened.end()
  return opened.answered
}

function answerTo(request: ClientRequest, startedAt: number, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const nothing = { headers: {}, body: '' }
    const settle = (answer: Omit<Answer, 'durationMs'>): void => {
      clearTimeout(timer)
      resolve({ ...answer, durationMs: performance.now() - startedAt })
      request.destroy()
    }
    const timer = setTimeout(() => settle({ failure: 'timeout', ...nothing }), timeoutMs)
    request.on('error', () => settle({ failure: 'network', ...nothing }))
    request.on('close', () => settle({ failure: 'network', ...nothing }))
    request.on('response', (response) => {
      void read(response).then((body) => {
        const headers = Object.entries(response.headersDistinct)
        settle({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(headers.map(([name, values = []]) => [name, values.join(', ')])),
          body,
        })
      })
    })
  })
}

/** What there is of a body: a connection that breaks off ends it. */
async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) {
      if (length < mostBytes) chunks.push(chunk)
      length += chunk.length
    }
  } catch {
    // The status has come, which is what counts.
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8')
}

/** The body of an answer without what differs from one to the next, such as times and ids. */
export function constantPart({ body }: Pick<Answer, 'body'>): string {
  return body.replaceAll(/[0-9a-f]{8}-[\w-]+|\d+/gi, '#')
}

/** Whether a sender takes an answer for a receipt. */
export function isAccepted({ status }: Pick<Answer, 'status'>): boolean {
  return status !== undefined && status >= 200 && status < 300
}
