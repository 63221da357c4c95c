import { isUtf8 } from 'node:buffer'
import { path } from './hosts.ts'
import { freshBody, sign } from './raw-client.ts'

/** An event of one shape that AWS hands to a function, for a delivery that no test has sent before. */
export type LambdaEvent = Readonly<Record<string, unknown>>

const emoji = { correlationId: '🧾 señal' }
/** Not the address that a bridge takes where the event names none. */
const sourceIp = '203.0.113.7'

interface Made {
  readonly headers: Record<string, string>
  readonly body: string
  readonly isBase64Encoded: boolean
}

function make(changes: object = {}, isBase64Encoded = false): Made {
  const body = freshBody(changes)
  return madeOf(body, sign(body), isBase64Encoded)
}

function madeOf(body: Buffer, signature: string, isBase64Encoded: boolean): Made {
  const headers = {
    host: 'hooks.example.com',
    'content-type': 'application/json',
    'content-length': String(body.byteLength),
    'x-webhook-signature': signature,
  }
  return { headers, body: body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded }
}

function upper(made: Made): Made {
  const named = Object.entries(made.headers).map(([name, value]) => [
    name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
    value,
  ])
  return { ...made, headers: Object.fromEntries(named) as Record<string, string> }
}

function without(made: Made, header: string): Made {
  const { [header]: _, ...headers } = made.headers
  return { ...made, headers }
}

function listed(headers: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
}

function rest(made: Made): LambdaEvent {
  const requestContext = { stage: 'prod', requestId: 'r', identity: { sourceIp }, path: `/prod${path}` }
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: 'POST',
    multiValueHeaders: listed(made.headers),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext,
    ...made,
  }
}

function httpV2(made: Made): LambdaEvent {
  const http = { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp, userAgent: 'x' }
  const requestContext = { http, domainName: 'hooks.example.com', requestId: 'r', stage: '$default' }
  return { version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: '', requestContext, ...made }
}

function httpV1(made: Made): LambdaEvent {
  return { version: '1.0', ...rest(made) }
}

function balancer(made: Made): LambdaEvent {
  const requestContext = { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:x' } }
  return { httpMethod: 'POST', path, queryStringParameters: {}, requestContext, ...made }
}

function balancerMulti({ headers, ...made }: Made): LambdaEvent {
  const { headers: _, queryStringParameters: __, ...event } = balancer({ headers, ...made })
  return { ...event, multiValueHeaders: listed(headers), multiValueQueryStringParameters: {} }
}

/** 14 shapes: REST and HTTP APIs, function URLs and load balancers, as text and as base64. */
export const lambdaEvents: Readonly<Record<string, () => LambdaEvent>> = {
  'a REST API': () => rest(make()),
  'a REST API, base64': () => rest(make({}, true)),
  'a REST API, names in capitals': () => rest(upper(make())),
  'a REST API, beyond ASCII': () => rest(make(emoji)),
  'an HTTP API, payload 1.0': () => httpV1(make()),
  'an HTTP API, payload 2.0': () => httpV2(make()),
  'an HTTP API, payload 2.0, base64': () => httpV2(make({}, true)),
  'an HTTP API, payload 2.0, beyond ASCII': () => httpV2(make(emoji)),
  'an HTTP API, payload 2.0, base64, beyond ASCII': () => httpV2(make(emoji, true)),
  'a function URL, without a length': () => httpV2(without(make({}, true), 'content-length')),
  'a function URL, without a media type': () => httpV2(without(make(), 'content-type')),
  'a load balancer': () => balancer(make()),
  'a load balancer, base64': () => balancer(make(emoji, true)),
  'a load balancer, headers as lists': () => balancerMulti(make({}, true)),
}

/** By what calls the function, how it makes an event of a body and its signature: base64 where it is said, or where the bytes are no text. */
export const lambdaSources: Readonly<Record<string, (body: Buffer, signature: string) => LambdaEvent>> = {
  'a REST API': (body, signature) => rest(madeOf(body, signature, !isUtf8(body))),
  'a REST API, base64': (body, signature) => rest(madeOf(body, signature, true)),
  'an HTTP API, payload 1.0': (body, signature) => httpV1(madeOf(body, signature, !isUtf8(body))),
  'an HTTP API, payload 2.0': (body, signature) => httpV2(madeOf(body, signature, !isUtf8(body))),
  'a function URL': (body, signature) => httpV2(madeOf(body, signature, true)),
  'a load balancer': (body, signature) => balancer(madeOf(body, signature, !isUtf8(body))),
  'a load balancer, headers as lists': (body, signature) => balancerMulti(madeOf(body, signature, true)),
}

/** A request whose signature header stands twice, first a wrong one. */
export function repeatedSignature(): LambdaEvent {
  const made = make()
  const headers = listed(made.headers)
  headers['x-webhook-signature']?.unshift('0'.repeat(64))
  return { ...rest(made), multiValueHeaders: headers }
}
