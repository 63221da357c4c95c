import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** Headers of one connection (RFC 9110 §7.6.1), or of another address: they are made anew. */
const ofConnection: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'content-length', 'expect'],
])
const maxAnswerBytes = 16 * 2 ** 20

/** A request to send as it came. */
export interface SentBytes {
  readonly method: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** An answer as it came. */
export interface AnsweredBytes {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** Sends the same bytes under the same headers, in their order and spelling; rejects where there is no answer. */
export function sendBytes(
  url: string,
  { method, headers, body }: SentBytes,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<AnsweredBytes> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  const own = headers.filter(([name]) => !ofConnection.has(name.toLowerCase()))
  const hasBody = body.byteLength > 0 || method === 'POST' || method === 'PUT' || method === 'PATCH'
  const length: [string, string][] = hasBody ? [['Content-Length', String(body.byteLength)]] : []
  const { host } = new URL(url)
  return new Promise((resolve, reject) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const raw = [['Host', host] as const, ...own, ...length].flat()
    const sent = request(url, { method, headers: raw, signal: within, agent: false }, (answer) => {
      collect(answer).then(resolve, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function collect(answer: IncomingMessage): Promise<AnsweredBytes> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).byteLength
    if (bytes > maxAnswerBytes) throw new Error(`the answer is larger than ${maxAnswerBytes} bytes`)
    chunks.push(chunk as Buffer)
  }
  const { rawHeaders, statusCode = 0 } = answer
  const headers = rawHeaders.flatMap((name, at): (readonly [string, string])[] =>
    at % 2 === 0 && !ofConnection.has(name.toLowerCase()) ? [[name, rawHeaders[at + 1] ?? '']] : [],
  )
  return { status: statusCode, headers, body: Buffer.concat(chunks) }
}
