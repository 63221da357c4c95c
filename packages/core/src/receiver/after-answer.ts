import type { Inbox } from '../inbox/inbox.ts'
import { disregard, fence } from '../lib/fence.ts'
import { fieldOf } from '../lib/field-of.ts'
import { keepAlive } from '../lib/keep-alive.ts'
import { warn, warnOnce } from '../log/warn.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { IncomingRequest } from '../model/request.ts'

// Some runtimes stop when the answer is given, and so the handlers, unless they are told to wait. Here is all that is
// known of them: which they are, how they are told, and when there is something to wait for.

/** Tells a runtime to go on until a promise settles, although the answer is given. */
export type WaitUntil = (work: Promise<unknown>) => void

/** The guarantee of an answer. */
type Acknowledged =
  | { readonly ack: 'accepted'; readonly inbox: Pick<Inbox, 'durability'>; readonly work?: boolean }
  | { readonly ack: 'handled'; readonly work?: undefined }

/** Answers other than a 200 after which work goes on: handlers, or a store that is still deciding. */
const goesOnAfter: ReadonlySet<RejectionCode> = new Set([
  'in-flight',
  'inbox-timeout',
  'dedupe-timeout',
  'handler-failed',
])

/**
 * Has the runtime wait for what goes on after an answer, where it must be told. Never throws.
 * @param warnOfEnd for where it cannot be told; see {@link toEndWarning}
 */
export function stayAwake(
  request: Pick<IncomingRequest, 'waitUntil'>,
  outcome: Outcome,
  receiver: { onIdle(): Promise<void> },
  warnOfEnd: (() => void) | undefined,
): void {
  const goesOn = outcome.kind === 'rejected' ? goesOnAfter.has(outcome.code) : outcome.kind === 'accepted'
  if (!goesOn) return
  fence(() => {
    const waitUntil = request.waitUntil ?? platformWaitUntil()
    if (waitUntil === undefined) return warnOfEnd?.()
    const work = receiver.onIdle()
    disregard(work)
    return waitUntil(work)
  })
}

/**
 * Keeps the process alive until the answer, where it is not a connection that does: AWS ends an invocation that nothing keeps
 * alive, such as one whose handler never ends, with null, of which it may make a 200.
 */
export function toHold(): (answered: Promise<Outcome>) => Promise<Outcome> {
  return inEnv('AWS_LAMBDA_FUNCTION_NAME') ? keepAlive : (answered) => answered
}

const inEnv = (name: string): unknown => fieldOf(fieldOf(Reflect.get(globalThis, 'process'), 'env'), name)

const contextHolders = [Symbol.for('@vercel/request-context'), Symbol.for('@next/request-context')]

/** How a platform is told that puts the means where every module finds it: Vercel, its framework on any host, and Netlify. */
function platformWaitUntil(): WaitUntil | undefined {
  for (const name of contextHolders) {
    const holder: unknown = Reflect.get(globalThis, name)
    const get = fieldOf(holder, 'get')
    const found = waitUntilOf(typeof get === 'function' ? get.call(holder) : undefined)
    if (found) return found
  }
  return waitUntilOf(fieldOf(Reflect.get(globalThis, 'Netlify'), 'context'))
}

/** The `waitUntil` of a context that a runtime hands over, such as that of Workers. */
export function waitUntilOf(context: unknown): WaitUntil | undefined {
  const given = fieldOf(context, 'waitUntil')
  return typeof given === 'function' ? (work) => given.call(context, work) : undefined
}

/**
 * Where a runtime is known to stop with the answer, and has no means to be told to wait.
 * @throws TypeError when it always may, and the inbox is in memory without the program saying that this is meant
 */
export function checkRuntime(acknowledged: Acknowledged, isMeant: boolean): void {
  const [stops, how] = endingRuntime()
  const lasts = isLasting(acknowledged)
  if (!stops || how === 'told' || (lasts && !(how === 'freezes' && acknowledged.work))) return
  const message = `${stops} when the answer is given, and with it the handlers of a delivery that is ${lasts ? 'leased' : 'in memory only'}. Say ack: 'handled', or give a durable inbox (docs/acknowledging.md names them) that another process works on, with work: false here. memoryInbox() says that it is meant`
  if (!lasts && !isMeant && how !== 'perhaps') throw new TypeError(message)
  warn('ACUSE_STOPS_WITH_ANSWER', message)
}

/** Whether what was acknowledged is on a disk, or handled. */
function isLasting(acknowledged: Acknowledged): boolean {
  return acknowledged.ack === 'handled' || acknowledged.inbox.durability === 'durable'
}

/**
 * How a runtime stops with the answer: `told`: not while it is told to wait; `freezes`: its process stands still until the next
 * request; `perhaps`: as it is set up. Else nobody follows what goes on, and the instance may be taken away.
 */
type Stops = 'told' | 'freezes' | 'perhaps'

/** By variables that its documents name; the more particular one first: Vercel and Netlify run on Lambda, functions on Cloud Run. */
function endingRuntime(): readonly [stops?: string, how?: Stops] {
  if (fieldOf(Reflect.get(globalThis, 'navigator'), 'userAgent') === 'Cloudflare-Workers')
    return ['Workers stops', 'told']
  if (inEnv('VERCEL')) return ['Vercel stops', 'told']
  if (Reflect.has(globalThis, 'Netlify')) return ['Netlify stops', 'told']
  if (inEnv('AWS_LAMBDA_FUNCTION_NAME')) return ['AWS Lambda stops', 'freezes']
  if (inEnv('K_SERVICE'))
    return inEnv('FUNCTION_TARGET')
      ? ['Cloud Functions stops', 'freezes']
      : ['Cloud Run that has no CPU between requests stops', 'perhaps']
  if (inEnv('FUNCTIONS_WORKER_RUNTIME')) return ['Azure Functions may stop']
  return []
}

/** The warning where a request should have brought the means, and did not; `undefined` where none is needed. */
export function toEndWarning(acknowledged: Acknowledged): (() => void) | undefined {
  const [stops, how] = endingRuntime()
  if (isLasting(acknowledged) || how !== 'told') return undefined
  const message = `${stops} when the answer is given, and nothing tells it to wait for the handlers. Hand its context on, as in handler(request, env, context), or give toFetchHandler the option waitUntil; or say ack: 'handled', or give a durable inbox (docs/acknowledging.md names them)`
  return () => warnOnce('ACUSE_STOPS_WITH_ANSWER', message)
}
