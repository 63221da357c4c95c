import { describe, expect, it } from 'vitest'
import { type CapturedRequest, CaptureError } from '../src/captured/captured-request.ts'
import { readCapture } from '../src/captured/read-capture.ts'
import { shellWords } from '../src/captured/shell-words.ts'

const files: Readonly<Record<string, string>> = { 'payload.json': '{"a":\n1}\n' }
async function readFile(path: string): Promise<Buffer> {
  return Buffer.from(files[path] ?? '')
}
const read = (text: string | Buffer) => readCapture(Buffer.from(text), readFile)
async function first(text: string | Buffer): Promise<CapturedRequest> {
  const { requests } = await read(text)
  return requests[0] as CapturedRequest
}
const bodyText = ({ body }: CapturedRequest) => Buffer.from(body).toString('utf8')

describe('a command line of curl', () => {
  it('is read as curl would send it', async () => {
    const { format } = await read('curl https://x.cl -d a')
    expect(format).toBe('curl command')
    const request = await first(
      `$ curl -sS -X POST 'https://x.cl/w?k=1' \\\n  -H 'X-Sig: it'\\''s' -H "X-Two: \\"b\\"" --data-raw $'{"n":"\\u00f1\\n"}' --compressed | jq .`,
    )
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://x.cl/w?k=1',
      headers: [
        ['X-Sig', "it's"],
        ['X-Two', '"b"'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      notes: [],
    })
    expect(bodyText(request)).toBe('{"n":"ñ\n"}')
  })

  it.each([
    ['curl x.cl -d a=1 -d b=2', 'POST', 'a=1&b=2'],
    ['curl x.cl --json {}', 'POST', '{}'],
    ['curl x.cl -XPUT --data-binary @payload.json', 'PUT', '{"a":\n1}\n'],
    ['curl x.cl -d @payload.json', 'POST', '{"a":1}'],
    ['curl x.cl --data-urlencode "q=a b"', 'POST', 'q=a%20b'],
    ['curl -G x.cl -d a=1', 'GET', ''],
    ['curl -I x.cl', 'HEAD', ''],
    ['curl -o out --url x.cl', 'GET', ''],
  ])('%s', async (command, method, body) => {
    const request = await first(command)
    expect([request.method, bodyText(request)]).toEqual([method, body])
    expect(request.url).toMatch(/^http:\/\/x\.cl/)
  })

  it('has the headers that curl makes, unless they are given or taken out', async () => {
    const { headers } = await first("curl x.cl -u user:pw -A agent -H 'content-type:' -H 'X-Empty;' -d a")
    expect(headers).toEqual([
      ['X-Empty', ''],
      ['User-Agent', 'agent'],
      ['Authorization', `Basic ${Buffer.from('user:pw').toString('base64')}`],
    ])
  })
})

describe('what curl -v prints', () => {
  const verbose = [
    '*   Trying 127.0.0.1:3000...',
    '> POST /webhooks/stripe HTTP/1.1',
    '> Host: x.cl',
    '> Stripe-Signature: t=1,v1=aa',
    '> Content-Length: 3',
    '> ',
    '< HTTP/1.1 401 Unauthorized',
  ]

  it('has a head and no body, which is said', async () => {
    const { format, requests } = await read(verbose.join('\n'))
    expect(format).toBe('curl -v')
    expect(requests).toMatchObject([{ method: 'POST', url: '/webhooks/stripe', notes: ['body-missing'] }])
    expect(requests[0]?.headers[1]).toEqual(['Stripe-Signature', 't=1,v1=aa'])
  })

  it('has the body of the command that stands above it', async () => {
    const request = await first(['$ curl -v x.cl -d abc', ...verbose].join('\r\n'))
    expect([bodyText(request), request.url, request.notes]).toEqual(['abc', '/webhooks/stripe', []])
  })
})

describe('a HAR', () => {
  const har = (postData: unknown, method = 'POST') => ({
    log: {
      entries: [
        { request: { method: 'GET', url: 'https://x.cl/', headers: [] } },
        {
          startedDateTime: '2026-11-27T12:00:00.000Z',
          request: {
            method,
            url: 'https://x.cl/w',
            headers: [
              { name: ':path', value: '/' },
              { name: 'X', value: '1' },
            ],
            postData,
          },
        },
      ],
    },
  })

  it('gives its deliveries with their time', async () => {
    const { format, requests } = await read(JSON.stringify(har({ text: '{"a":1}' })))
    expect(format).toBe('HAR')
    expect(requests).toMatchObject([
      { url: 'https://x.cl/w', headers: [['X', '1']], at: new Date('2026-11-27T12:00:00Z'), notes: [] },
    ])
  })

  it('says where its text cannot stand for the bytes', async () => {
    expect((await first(JSON.stringify(har({ text: 'a\uFFFD' })))).notes).toEqual(['body-not-exact'])
    const exact = await first(JSON.stringify(har({ text: '/wA=', encoding: 'base64' })))
    expect([Buffer.from(exact.body), exact.notes]).toEqual([Buffer.from([0xff, 0]), []])
    expect((await first(JSON.stringify(har({ params: [{ name: 'a', value: 'b c' }] })))).notes).toEqual([
      'body-parsed',
    ])
  })
})

describe('JSON', () => {
  it('has a body as text, as base64 or parsed', async () => {
    const { format } = await read('{"headers":{"X":"1"},"body":"a"}')
    expect(format).toBe('JSON')
    expect(bodyText(await first('{"headers":{"X":["1","2"]},"bodyBase64":"YQ=="}'))).toBe('a')
    expect(await first('{"headers":[["X","1"]],"body":{"a":1}}')).toMatchObject({ notes: ['body-parsed'] })
    expect(await first('{"headers":{},"body":"YQ==","isBase64Encoded":true}')).toMatchObject({
      body: Buffer.from('a'),
    })
    expect(await first('{"headers":{},"bodyBase64":"YQ==","bodyBytes":2}')).toMatchObject({
      notes: ['body-cut'],
    })
  })

  it('is one a line, where a receiver wrote it', async () => {
    const line =
      '{"headers":[],"bodyBytes":7,"redacted":["authorization"],"code":"signature-mismatch","at":"2026-11-27T12:00:00.000Z"}'
    const { format, requests } = await read(`${line}\n${line}\n`)
    expect(format).toBe('NDJSON')
    expect(requests.length).toBe(2)
    expect(requests[0]).toMatchObject({
      notes: ['body-missing', 'redacted'],
      refusedWith: 'signature-mismatch',
    })
  })
})

describe('a raw HTTP request', () => {
  it.each(['\r\n', '\n'])('ends its lines with %j, and has its bytes as they are', async (end) => {
    const head = ['POST /w HTTP/1.1', 'X-A: 1', 'x-a: 2', 'Content-Length: 3', '', ''].join(end)
    const request = await first(Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0x0d, 0x0a, 0x0a])]))
    expect(Buffer.from(request.body)).toEqual(Buffer.from([0xff, 0x0d, 0x0a]))
    expect(request.headers.slice(0, 2)).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
    ])
  })

  it('may be chunked, or cut', async () => {
    const chunked = 'POST /w HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n'
    expect(bodyText(await first(chunked))).toBe('abcde')
    expect((await first('POST /w HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz')).notes).toEqual([
      'body-cut',
    ])
    expect((await first('POST /w HTTP/1.1\nContent-Length: 9\n\nabc')).notes).toEqual(['body-cut'])
    expect((await first('POST /w HTTP/1.1\nContent-Length: 9\n')).notes).toEqual(['body-missing'])
  })
})

describe('what is no capture', () => {
  const hostile: readonly (readonly [string, string | Buffer, string])[] = [
    ['nothing', ' \n', 'empty'],
    ['bytes', Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 7 + 1) % 256)), 'unknown'],
    ['prose', 'hello', 'unknown'],
    ['broken JSON', '{"headers":', 'malformed'],
    ['JSON of something else', '[1]', 'malformed'],
    ['an empty list', '[]', 'empty'],
    ['a HAR without requests', '{"log":{"entries":[]}}', 'empty'],
    ['depth', '['.repeat(200_000), 'malformed'],
    ['depth in a body', `{"headers":{},"body":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'malformed'],
    ['an open quotation mark', "curl x.cl -H 'X", 'malformed'],
    ['a command without an address', 'curl -v -X POST', 'malformed'],
    ['a form', 'curl x.cl -F a=@b', 'not-supported'],
    ['a head that is none', 'POST /w HTTP/1.1\nnonsense\n\n', 'malformed'],
  ]

  it.each(hostile)('%s is told apart by a code', async (_, text, fault) => {
    const error = await read(text).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(CaptureError)
    expect((error as CaptureError).fault).toBe(fault)
  })

  it('takes time in proportion to its length', () => {
    expect(shellWords(`curl ${"'a'b ".repeat(200_000)}`)?.length).toBe(200_001)
    expect(shellWords(`curl $'${'\\x'.repeat(100_000)}`)).toBeUndefined()
  })
})
