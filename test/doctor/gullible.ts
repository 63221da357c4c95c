// A receiver of GitHub's webhooks that tells events by headers that nobody signs, and takes whatever comes for signed where OPEN says so.
import { createHmac } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { PORT = '3000', SECRET = '', EFFECTS = 'effects.log', OPEN } = process.env
const known = new Set<string>()

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const {
    'x-hub-signature-256': signature,
    'x-github-delivery': id,
    'x-github-event': type,
  } = request.headers
  const mac = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
  if (OPEN === undefined && signature !== mac) {
    response.writeHead(401).end()
    return
  }
  const key = `${type} ${id}`
  if (!known.has(key)) appendFileSync(EFFECTS, `${JSON.stringify({ id, type })}\n`)
  known.add(key)
  response.end()
})
server.listen(Number(PORT), '127.0.0.1')
