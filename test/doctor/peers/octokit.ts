// The example of @octokit/webhooks' README, with a handler that has an effect.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks'

const { PORT = '3000', SECRET = '', EFFECTS = 'effects.log' } = process.env

const webhooks = new Webhooks({ secret: SECRET })
webhooks.onAny(({ id, name }) => {
  appendFileSync(EFFECTS, `${JSON.stringify({ id, name })}\n`)
})

const middleware = createNodeMiddleware(webhooks, { path: '/webhooks/github' })
createServer(async (request, response) => {
  if (await middleware(request, response)) return
  response.writeHead(404).end()
}).listen(Number(PORT), '127.0.0.1')
