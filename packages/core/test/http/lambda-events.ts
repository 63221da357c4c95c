import type { LambdaEvent } from '../../src/lambda.ts'
import { bytesOf, paid, signatureOf } from '../support/acme.ts'

/** What is sent, and what the client's address is; the shapes are those of the documentation of AWS, shortened in values only. */
export interface Sent {
  readonly body?: Uint8Array
  readonly method?: string
  readonly path?: string
  readonly signatures?: readonly string[]
}

/** The address in each event that tells one. */
export const sourceIp = '192.0.2.10'

function headersOf({ body = bytesOf(paid), signatures = [signatureOf(body)] }: Sent): [string, string[]][] {
  return [
    ['accept', ['*/*']],
    ['content-length', [String(body.byteLength)]],
    ['content-type', ['application/json']],
    ['host', ['hooks.example.com']],
    ['user-agent', ['acme/1.0']],
    ['x-acme-signature', [...signatures]],
    ['x-amzn-trace-id', ['Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e']],
    ['x-forwarded-for', [sourceIp]],
    ['x-forwarded-port', ['443']],
    ['x-forwarded-proto', ['https']],
  ]
}

const capital = ([name, values]: [string, string[]]): [string, string[]] => [
  name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
  values,
]
const lists = (headers: [string, string[]][]) => Object.fromEntries(headers)
const last = (headers: [string, string[]][]) =>
  Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1)]))
const joined = (headers: [string, string[]][]) =>
  Object.fromEntries(headers.map(([name, values]) => [name, values.join(',')]))

function coded({ body = bytesOf(paid) }: Sent, isBase64Encoded: boolean) {
  return { body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded }
}

function restApi(sent: Sent, isBase64Encoded: boolean): LambdaEvent {
  const { method = 'POST', path = '/webhooks/acme' } = sent
  const headers = headersOf(sent).map(capital)
  const requestContext = {
    accountId: '123456789012',
    apiId: 'id',
    domainName: 'id.execute-api.us-east-1.amazonaws.com',
    extendedRequestId: 'request-id',
    httpMethod: method,
    identity: { sourceIp, accountId: null, user: null, userAgent: 'acme/1.0' },
    path: `/prod${path}`,
    protocol: 'HTTP/1.1',
    requestTimeEpoch: 1_583_349_317_135,
    resourcePath: '/{proxy+}',
    stage: 'prod',
  }
  const event = {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: last(headers),
    multiValueHeaders: lists(headers),
    queryStringParameters: { n: 'two words' },
    multiValueQueryStringParameters: { n: ['one', 'two words'] },
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext,
    ...coded(sent, isBase64Encoded),
  }
  return event
}

function httpApi(sent: Sent, isBase64Encoded: boolean): LambdaEvent {
  const { method = 'POST', path = '/webhooks/acme' } = sent
  const http = { method, path: `/prod${path}`, protocol: 'HTTP/1.1', sourceIp, userAgent: 'acme/1.0' }
  const event = {
    version: '2.0',
    routeKey: 'POST /webhooks/acme',
    rawPath: `/prod${path}`,
    rawQueryString: 'n=one&n=two%20words',
    cookies: ['a=b'],
    headers: joined(headersOf(sent)),
    queryStringParameters: { n: 'one,two words' },
    requestContext: { accountId: '123456789012', apiId: 'id', http, requestId: 'id', stage: 'prod' },
    ...coded(sent, isBase64Encoded),
  }
  return event
}

function functionUrl(sent: Sent, isBase64Encoded: boolean): LambdaEvent {
  const { path = '/webhooks/acme' } = sent
  const { requestContext = {}, ...event } = httpApi(sent, isBase64Encoded)
  const http = { ...requestContext.http, path }
  const domainName = 'id.lambda-url.us-east-1.on.aws'
  return { ...event, rawPath: path, requestContext: { ...requestContext, http, ...{ domainName } } }
}

function balancer(sent: Sent, isBase64Encoded: boolean, isListed: boolean): LambdaEvent {
  const { method = 'POST', path = '/webhooks/acme' } = sent
  const headers = headersOf(sent)
  const targetGroupArn =
    'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hooks/49e9d65c45c6791a'
  const query = { n: ['one', 'two%20words'] }
  const told = isListed
    ? { multiValueHeaders: lists(headers), multiValueQueryStringParameters: query }
    : { headers: last(headers), queryStringParameters: { n: 'two%20words' } }
  const requestContext = { elb: { targetGroupArn } }
  return { requestContext, httpMethod: method, path, ...told, ...coded(sent, isBase64Encoded) }
}

/** How an event is made of a request, by what makes it. */
export type MakeEvent = (sent: Sent, isBase64Encoded: boolean) => LambdaEvent

/** The sources, the path and query that each tells, and whether it keeps a header that stands twice apart or joins it. */
export const sources: Readonly<
  Record<string, readonly [make: MakeEvent, target: string, seesTwice: boolean]>
> = {
  'a REST API': [restApi, '/prod/webhooks/acme?n=one&n=two%20words', true],
  'an HTTP API, payload 1.0': [
    (sent, isBase64Encoded) => ({ ...{ version: '1.0' }, ...restApi(sent, isBase64Encoded) }),
    '/prod/webhooks/acme?n=one&n=two%20words',
    true,
  ],
  'an HTTP API, payload 2.0': [httpApi, '/prod/webhooks/acme?n=one&n=two%20words', true],
  'a function URL': [functionUrl, '/webhooks/acme?n=one&n=two%20words', true],
  'a load balancer': [
    (sent, isBase64Encoded) => balancer(sent, isBase64Encoded, false),
    '/webhooks/acme?n=two%20words',
    false,
  ],
  'a load balancer that lists headers': [
    (sent, isBase64Encoded) => balancer(sent, isBase64Encoded, true),
    '/webhooks/acme?n=one&n=two%20words',
    true,
  ],
}
