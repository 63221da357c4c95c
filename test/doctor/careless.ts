// A receiver of Redcumbre's webhooks that does wrong what can be done wrong beside another.
import { createHash, createHmac } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'

const { PORT = '3000', SECRET = '', EFFECTS = 'effects.log' } = process.env
const known = new Set<string>()

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
}

async function answer(request: IncomingMessage): Promise<readonly [number, string]> {
  if (request.method !== 'POST') return [200, 'hello']
  // It dies of a long header.
  if (String(request.headers['x-acuse'] ?? '').length > 10_000) process.exit(1)
  const signature = request.headers['x-webhook-signature']
  if (signature === undefined) return [400, 'no signature']
  const type = request.headers['content-type']
  if (type === undefined) throw new TypeError('no type')
  if (type.includes('charset=utf-8')) return [415, 'not this type']
  const text = await read(request)
  const mac = createHmac('sha256', SECRET).update(text).digest()
  if (!Buffer.from(String(signature), 'hex').equals(mac))
    return [401, `expected ${mac.toString('hex')} for ${text} by ${SECRET}`]
  const payload: unknown = JSON.parse(text)
  // And of a number.
  if (typeof payload === 'number') process.exit(1)
  const { event } = payload as { readonly event: string }
  if (event.startsWith('onexo.')) return [404, 'not this event']
  const id = createHash('sha256').update(text).digest('hex')
  if (known.has(id)) return [409, 'seen']
  known.add(id)
  appendFileSync(EFFECTS, `${text.replaceAll('\n', ' ')}\n`)
  return [200, 'ok']
}

const server = createServer(async (request, response) => {
  const [status, text] = await answer(request).catch((error: Error) => [500, String(error.stack)] as const)
  response.writeHead(status).end(text)
})
server.listen(Number(PORT), '127.0.0.1')
