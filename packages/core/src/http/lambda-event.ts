import { fromNodeHeaders } from '../model/headers.ts'
import type { Answer } from '../model/outcome.ts'
import type { BodyFailure } from '../model/rejection.ts'
import type { BodyLimits, IncomingRequest } from '../model/request.ts'

type Lists = Readonly<Record<string, readonly string[] | undefined>>
type Texts = Readonly<Record<string, string | undefined>>

/**
 * What is read of an event with which AWS calls a function for a request: of a REST API, an HTTP API (payload 1.0 and 2.0),
 * a function URL and a load balancer (headers single or as lists). The types of `@types/aws-lambda` fit.
 */
export interface LambdaEvent {
  /** The method, where it is not in `requestContext.http`. */
  readonly httpMethod?: string | undefined
  /** The path of payload 1.0 and of a load balancer. */
  readonly path?: string | undefined
  /** The path of payload 2.0 and of a function URL. */
  readonly rawPath?: string | undefined
  /** The query of payload 2.0 and of a function URL, as it was sent. */
  readonly rawQueryString?: string | undefined
  /** Headers by name; payload 2.0 and a load balancer join repeated ones, or keep the last. */
  readonly headers?: Texts | null | undefined
  /** Headers by name, each occurrence kept apart. */
  readonly multiValueHeaders?: Lists | null | undefined
  /** The query by name. */
  readonly queryStringParameters?: Texts | null | undefined
  /** The query by name, each occurrence kept apart. */
  readonly multiValueQueryStringParameters?: Lists | null | undefined
  /** The body, as text or as base64. */
  readonly body?: string | null | undefined
  /** Whether the body is base64. */
  readonly isBase64Encoded?: boolean | undefined
  /** Where it came from. */
  readonly requestContext?: LambdaRequestContext | undefined
}

/** What AWS says of a request. */
export interface LambdaRequestContext {
  /** The path with the stage or the base path, as the client sent it. */
  readonly path?: string | undefined
  /** Of payload 2.0 and a function URL. */
  readonly http?:
    | {
        /** The method. */
        readonly method?: string | undefined
        /** The client's address. */
        readonly sourceIp?: string | undefined
      }
    | undefined
  /** The caller, of payload 1.0. */
  readonly identity?: LambdaCaller | undefined
  /** Of a load balancer. */
  readonly elb?: object | undefined
}

/** Who sent a request, of payload 1.0. */
export interface LambdaCaller {
  /** The client's address. */
  readonly sourceIp?: string | undefined
}

/** What is read of the context with which AWS calls a function. */
export interface LambdaContext {
  /** How long until AWS ends the invocation, in milliseconds. */
  getRemainingTimeInMillis?(): number
}

/** The answer of a function to a request. */
export interface LambdaResult {
  /** HTTP status. */
  statusCode: number
  /** Response headers. */
  headers?: Record<string, string>
  /** Response headers, for a load balancer that lists them. */
  multiValueHeaders?: Record<string, string[]>
  /** The body; `''`: none. */
  body: string
  /** Always `false`. */
  isBase64Encoded: boolean
}

const consumedRemedy =
  'Let AWS hand on the request as it is (proxy integration, no mapping template), and change the event nowhere before the receiver: the body must be the text or the base64 that AWS made of it'

/**
 * An event as the receiver takes it.
 * @throws TypeError when it is no request
 */
export function fromLambdaEvent(event: LambdaEvent): IncomingRequest {
  const { requestContext } = event ?? {}
  const method = event?.httpMethod ?? requestContext?.http?.method
  if (typeof method !== 'string')
    throw new TypeError(
      'The event is no HTTP request, such as one of a queue or of a schedule: give the function a handler of its own for these',
    )
  return {
    method,
    url: targetOf(event),
    headers: fromNodeHeaders({ headers: { ...(event.multiValueHeaders ?? event.headers) } }),
    clientAddress: (requestContext?.http ?? requestContext?.identity)?.sourceIp,
    consumedRemedy,
    read: (limits) => readBody(event, limits),
  }
}

/** An answer as the event's sender takes it. The connection is not the function's: `close` has no place here. */
export function toLambdaResult({ status, headers, body }: Answer, event: LambdaEvent): LambdaResult {
  const answer = { statusCode: status, body, isBase64Encoded: false }
  if (event.headers) return { ...answer, headers: { ...headers } }
  // A load balancer that lists headers wants them listed.
  const listed = Object.entries(headers).map(([name, value]) => [name, [value]] satisfies [string, string[]])
  return { ...answer, multiValueHeaders: Object.fromEntries(listed) }
}

function readBody({ body, isBase64Encoded }: LambdaEvent, limits: BodyLimits): Uint8Array | BodyFailure {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body !== 'string') return 'body-consumed'
  const coding = isBase64Encoded ? 'base64' : 'utf8'
  const length = Buffer.byteLength(body, coding)
  if (length > limits.maxBytes) return 'body-too-large'
  return limits.take(length) ? Buffer.from(body, coding) : 'overloaded'
}

/** Path and query, as near to what was sent as the event tells. */
function targetOf(event: LambdaEvent): string {
  const { rawPath, path = '/', requestContext } = event
  const query = event.rawQueryString ?? queryOf(event)
  return `${rawPath ?? requestContext?.path ?? path}${query === '' ? '' : `?${query}`}`
}

/** A load balancer leaves names and values coded as they were sent; an API decodes them. */
function queryOf(event: LambdaEvent): string {
  const code = event.requestContext?.elb ? String : (text: string) => encodeURIComponent(text.toWellFormed())
  const values = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {}
  return Object.entries(values)
    .flatMap(([name, value]) => [value ?? []].flat().map((each) => `${code(name)}=${code(each)}`))
    .join('&')
}
