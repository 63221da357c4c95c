import {
  type AckOnAcceptedOptions,
  createReceiver,
  memoryInbox,
  type Observation,
  type Provider,
  type RejectionCode,
  toFetchHandler,
} from '@acuse/core'
import type { ReceiverAdapter } from '@acuse/core/adapter'
import { redcumbreWebhooks, type Webhooks, webhooks } from '@acuse/hono'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { Hono } from 'hono'
import { type Call, secret } from './requests.ts'

/** Something that receives, ready for requests. */
interface Host<Events extends object> extends Pick<ReceiverAdapter<Events>, 'on' | 'close'> {
  /** Answers a request. */
  answer(call: Call): Promise<Response>
  /** Answers a request whose body something else has read before. */
  answerRead(call: Call): Promise<Response>
  /** Why requests were refused, in order. */
  readonly codes: readonly RejectionCode[]
}

/** One way to set up Acuse. */
export interface Subject {
  readonly name: string
  /** Redcumbre's webhooks. */
  redcumbre(options?: AckOnAcceptedOptions<RedcumbreEvents>): Host<RedcumbreEvents>
  /** Any provider's. */
  of<Events extends object>(provider: Provider<Events>): Host<Events>
}

/** The function that a runtime's server calls: its parameters after the request differ from one runtime to the next. */
export type Handler = (request: Request, ...platform: never[]) => Response | Promise<Response>

/** How a request gets to a handler: directly, or through the runtime's own server. */
export type Send = (handler: Handler, call: Call) => Promise<Response>

/** Both ways to set up Acuse, with requests that get there as told. */
export function subjectsBy(send: Send): { readonly hono: Subject; readonly fetchHandler: Subject } {
  const hono: Subject = {
    name: 'Hono',
    redcumbre(given = {}) {
      const { codes, options } = observed(given)
      return { codes, ...honoHost(redcumbreWebhooks(secret, options), send) }
    },
    of(provider) {
      const { codes, options } = observed({})
      return { codes, ...honoHost(webhooks(provider, options), send) }
    },
  }
  const fetchHandler: Subject = {
    name: 'fetch handler',
    redcumbre: (options = {}) => fetchHost(redcumbre(secret), options, send),
    of: (provider) => fetchHost(provider, {}, send),
  }
  return { hono, fetchHandler }
}

/** To the handler, with nothing between. */
export const directly: Send = async (handler, { to, init }) =>
  handler(new Request(`http://127.0.0.1${to}`, init))

function observed<Events extends object>(given: AckOnAcceptedOptions<Events>) {
  const codes: RejectionCode[] = []
  const observer = (observation: Observation): void => {
    if (observation.type === 'rejected') codes.push(observation.code)
  }
  return { codes, options: { inbox: memoryInbox(), ...given, observer } }
}

function honoHost<Events extends object>(
  middleware: Webhooks<Events>,
  send: Send,
): Omit<Host<Events>, 'codes'> {
  const app = new Hono().use(middleware)
  const reading = new Hono()
    .use(async (context, next) => {
      await context.req.json()
      await next()
    })
    .use(middleware)
  const { on, close } = middleware
  return {
    on,
    close,
    answer: (call) => send(app.fetch, call),
    answerRead: (call) => send(reading.fetch, call),
  }
}

function fetchHost<Events extends object>(
  provider: Provider<Events>,
  given: AckOnAcceptedOptions<Events>,
  send: Send,
): Host<Events> {
  const { codes, options } = observed(given)
  const receiver = createReceiver(provider, options)
  const handler: Handler = toFetchHandler(receiver)
  const reading: Handler = async (request, ...platform) => {
    await request.text()
    return handler(request, ...platform)
  }
  return {
    codes,
    on: receiver.on,
    close: (closing) => receiver.close(closing),
    answer: (call) => send(handler, call),
    answerRead: (call) => send(reading, call),
  }
}
