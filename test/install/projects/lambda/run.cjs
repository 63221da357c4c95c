// A function URL on this machine: each request becomes an event of payload version 2.0, and the result its answer.
const { createServer } = require('node:http')
const { handler } = require('./handler.js')

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const { pathname, search } = new URL(request.url, 'http://localhost')
  const event = {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: request.headers,
    requestContext: {
      domainName: 'localhost',
      http: { method: request.method, path: pathname, sourceIp: '127.0.0.1' },
    },
    body: Buffer.concat(chunks).toString('base64'),
    isBase64Encoded: true,
  }
  const { statusCode, headers, body } = await handler(event, { awsRequestId: 'r' })
  response.writeHead(statusCode, headers).end(body)
}).listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
