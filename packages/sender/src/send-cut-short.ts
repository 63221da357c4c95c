import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Answer, SignedRequest } from './request.ts'

/**
 * Announces all of a body, and sends half of it: then it ends, or the connection breaks off. `fetch` refuses to do so.
 * @throws when there is no answer, which a connection that broke off never has
 */
export async function sendCutShort(
  { url, headers, body }: Omit<SignedRequest, 'method'>,
  how: 'truncated' | 'aborted',
  signal: AbortSignal,
): Promise<Answer> {
  const { request: open } = url.startsWith('https:') ? await import('node:https') : await import('node:http')
  const announced = { ...headers, 'content-length': String(body.byteLength) }
  const request = open(url, { method: 'POST', headers: announced, agent: false, signal })
  const answered = once(request, 'response')
  // The failure is the answer's: there is none.
  answered.catch(() => {})
  await new Promise<void>((resolve, reject) => {
    request.once('error', reject)
    request.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => resolve())
  })
  if (how === 'aborted') request.destroy()
  else request.socket?.end()
  const [response]: IncomingMessage[] = await answered
  return read(response as IncomingMessage)
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(response.headersDistinct))
    for (const value of values) headers.append(name, value)
  return { status: response.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString('utf8') }
}
