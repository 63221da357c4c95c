import {
  type Clock,
  createReceiver,
  explain,
  fromRawHeaders,
  type Inbox,
  memoryInbox,
  type Observation,
  type Outcome,
  type Receiver,
  systemClock,
  toFetchHandler,
} from '@acuse/core'
import type { IncomingRequest } from '@acuse/core/adapter'
import type { AnyOptions } from '../../providers/serve.ts'
import type { ProviderDraft } from './seen.ts'
import type { HttpAnswer, Sender } from './sender.ts'

/** The answer to a request, and what it was told of. */
export interface Answered extends HttpAnswer {
  /** The request as it arrived: `fetch` trims the values of headers, and joins those of one name. */
  readonly arrived: ProviderDraft
  /** What the receiver observed of it. */
  readonly observed: readonly Observation[]
  /** How often the store was asked. */
  readonly stored: number
}

/** A receiver of one provider with everything around it, and what it does. */
export interface Endpoint {
  readonly receiver: Receiver<Record<string, unknown>>
  /** Sets the clock. */
  setNow(at: number): void
  /** How often handlers ran. */
  runs(): number
  /** How many events were accepted. */
  accepted(): number
  /** By WHATWG request, or as Node hands requests on. Rejects only if the receiver does. */
  send(draft: ProviderDraft, byFetch: boolean): Promise<Answered>
  /** Explains a request, as an operator does. */
  explain(draft: ProviderDraft): Promise<unknown>
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A receiver with an inbox in memory, which counts. */
export function createEndpoint({ provider }: Sender): Endpoint {
  let [now, runs, stored, accepted] = [0, 0, 0, 0]
  let observed: Observation[] = []
  const clock: Clock = { ...systemClock, now: () => now }
  const run = (): void => {
    runs++
  }
  const options: AnyOptions = {
    clock,
    inbox: counting(memoryInbox({ clock, maxDeliveries: 200_000 }), () => stored++),
    logger: silent,
    observer(observation) {
      observed.push(observation)
      if (observation.type === 'accepted') accepted++
    },
    on: { '*': run },
    // Where any name is an event, '*' is all of them.
    ...(provider.events && { onUnknown: run }),
    retry: { attempts: 1 },
    // Time is not what is tested here, and the machine may be busy.
    acceptTimeoutMs: 20_000,
    ackTimeoutMs: 30_000,
    bodyTimeoutMs: 20_000,
  }
  const receiver = createReceiver(provider, options)
  const handler = toFetchHandler(receiver)

  return {
    receiver,
    runs: () => runs,
    accepted: () => accepted,
    explain: ({ headers, ...draft }) =>
      explain({ ...draft, headers: fromRawHeaders(headers.flat()) }, provider, { clock }),
    setNow(at) {
      now = at
    },
    async send(draft, byFetch) {
      observed = []
      const before = stored
      const request = byFetch ? toFetchRequest(draft) : undefined
      // Seen before it is read.
      const arrived = request ? arrivedAs(request, draft) : draft
      const answer = request
        ? await fromResponse(await handler(request))
        : fromOutcome(await receiver.handle(incoming(draft)))
      return { ...answer, arrived, observed, stored: stored - before }
    },
  }
}

/** Every write of the receiver: it reads nothing. */
function counting(inbox: Inbox, count: () => void): Inbox {
  return {
    // In name: what is stale is kept, as with an inbox on a disk.
    durability: 'durable',
    ordered: inbox.ordered,
    retentionMs: inbox.retentionMs,
    deadLetters: inbox.deadLetters,
    accept(...given) {
      count()
      return inbox.accept(...given)
    },
    deadLetter(...given) {
      count()
      return inbox.deadLetter(...given)
    },
    stats: () => inbox.stats(),
    consume: (handle, options) => inbox.consume(handle, options),
    close: (options) => inbox.close(options),
  }
}

/** Nothing where fetch cannot carry it. */
function toFetchRequest({ method, url, headers, body }: ProviderDraft): Request | undefined {
  const hasBody = method !== 'GET' && method !== 'HEAD'
  try {
    return new Request(`http://hooks.example${url}`, {
      method,
      headers: headers.map(([name, value]) => [name, value]),
      ...(hasBody && { body: new Uint8Array(body) }),
    })
  } catch {
    return undefined
  }
}

function arrivedAs(request: Request, { body }: ProviderDraft): ProviderDraft {
  const { method, url, headers } = request
  const sent = request.body === null ? Buffer.alloc(0) : body
  return { method, url, headers: [...headers].map(([name, value]) => [name, value]), body: sent }
}

function incoming({ method, url, headers, body }: ProviderDraft): IncomingRequest {
  return {
    method,
    url,
    headers: fromRawHeaders(headers.flat()),
    read: ({ maxBytes, take }) =>
      body.byteLength > maxBytes ? 'body-too-large' : take(body.byteLength) ? body : 'overloaded',
  }
}

async function fromResponse(response: Response): Promise<HttpAnswer> {
  const body = await response.text()
  const headers = [...response.headers].filter(
    // A `Response` names the type of a body that is empty.
    ([name, value]) => body !== '' || name !== 'content-type' || value !== 'text/plain;charset=UTF-8',
  )
  return { status: response.status, headers: Object.fromEntries(headers), body }
}

function fromOutcome({ status, headers, body, close }: Outcome): HttpAnswer {
  return { status, headers: close ? { ...headers, connection: 'close' } : headers, body }
}
