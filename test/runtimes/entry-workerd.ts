// For workerd: its fetch is what the runtime serves, and its test is what `workerd test` runs.
import type { Handler, Send } from './subjects.ts'
import { runSuite } from './suite.ts'
import { summaryLines } from './summary.ts'

/** The bindings of `workerd.capnp`. */
interface Bindings {
  /** This worker: a request through it has a context of its own, which ends with its answer. */
  readonly SELF: { fetch(url: string, init: RequestInit): Promise<Response> }
  readonly VERSION: string
}

const handlers: Handler[] = []
const handlerHeader = 'x-test-handler'

function servedBy({ SELF }: Bindings): Send {
  return async (handler, { to, init }) => {
    const headers = new Headers(init.headers)
    headers.set(handlerHeader, String(handlers.push(handler) - 1))
    const response = await SELF.fetch(`http://127.0.0.1${to}`, { ...init, headers })
    // Read to its end, as senders do: until then workerd keeps the request's context alive.
    return new Response(await response.arrayBuffer(), { status: response.status, headers: response.headers })
  }
}

const worker = {
  async fetch(request: Request, ...platform: never[]): Promise<Response> {
    const handler = handlers[Number(request.headers.get(handlerHeader))] as Handler
    return handler(request, ...platform)
  },
  async test(_: unknown, bindings: Bindings): Promise<void> {
    const results = await runSuite(servedBy(bindings))
    for (const line of summaryLines('workerd', bindings.VERSION, results)) console.log(line)
    if (results.some(({ error }) => error !== undefined)) throw new Error('Cases failed')
  },
}

export default worker
