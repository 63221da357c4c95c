import type { Clock } from '@acuse/core'
import type { Travels } from './faults/fault.ts'
import type { Attempt } from './report.ts'
import type { Answer, Fetch, FetchAnswer, FetchInit, SignedRequest } from './request.ts'
import { sendCutShort } from './send-cut-short.ts'

/** How requests go out. */
export interface Transport {
  /** Default: the global one. */
  readonly fetch: Fetch | undefined
  readonly clock: Clock
  readonly sleep: (delayMs: number) => Promise<void>
}

/** A request, and how long to wait for its answer. */
export interface PostOptions extends Transport {
  /** Default POST. */
  readonly method?: string
  readonly number: number
  readonly delayMs: number
  readonly timeoutMs: number
  /** How the body travels. Default: at once. */
  readonly travels?: Travels | undefined
  /** The most bytes to read of an answer, whose sender may be anybody. Default: all. */
  readonly mostAnswerBytes?: number
  /** Ends the request before its time. */
  readonly abort?: AbortController
}

/** An attempt, and the headers of its answer where there was one. */
export interface Posted {
  readonly attempt: Attempt
  readonly headers: Headers | undefined
}

/** Sends once and reports; never throws. */
export async function post(request: Omit<SignedRequest, 'method'>, options: PostOptions): Promise<Posted> {
  const { number, delayMs, timeoutMs, clock } = options
  const startedAt = clock.monotonic()
  const { abort = new AbortController() } = options
  const cancel = clock.schedule(timeoutMs, () => abort.abort())
  const about = () => ({ number, delayMs, durationMs: clock.monotonic() - startedAt })
  try {
    const answering = answerTo(request, options, abort.signal)
    const { status, headers, text } = await Promise.race([answering, endOf(abort.signal)])
    return { attempt: { ...about(), status, answer: text }, headers }
  } catch {
    const failure = abort.signal.aborted ? 'timeout' : 'network'
    return { attempt: { ...about(), failure }, headers: undefined }
  } finally {
    cancel()
  }
}

async function answerTo(
  { url, headers, body }: Omit<SignedRequest, 'method'>,
  { method = 'POST', travels, sleep, fetch = globalThis.fetch, mostAnswerBytes }: PostOptions,
  signal: AbortSignal,
): Promise<Answer> {
  if (travels === 'truncated' || travels === 'aborted')
    return sendCutShort({ url, headers, body }, travels, signal)
  const sent: Pick<FetchInit, 'body' | 'duplex'> =
    method !== 'POST' ? {} : travels === 'slowly' ? { body: slowly(body, sleep), duplex: 'half' } : { body }
  const init = { method, headers: { ...headers }, redirect: 'manual', signal, ...sent } as const
  const response = await fetch(url, init)
  const text: unknown = await readText(response, mostAnswerBytes)
  // A function of the caller may answer anything.
  if (!Number.isInteger(response.status) || typeof text !== 'string')
    throw new TypeError('fetch must answer a Response')
  return { status: response.status, headers: new Headers(response.headers), text }
}

/** Rejects when it is aborted: a `fetch` of the caller may pay no heed to that. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** What it begins with; an answer that breaks off is an answer. */
async function readText(answer: FetchAnswer, mostBytes: number | undefined): Promise<string> {
  if (mostBytes === undefined || !answer.body) return answer.text()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    for await (const piece of answer.body) {
      text += decoder.decode(piece, { stream: true })
      bytes += piece.byteLength
      if (bytes > mostBytes) break
    }
  } catch {
    // Its status says whether it was delivered.
  }
  return text
}

const pieces = 10
const betweenMs = 1_000

/** The bytes in ten pieces, with a second between them. */
function slowly(body: Uint8Array, sleep: Transport['sleep']): ReadableStream<Uint8Array> {
  const size = Math.max(Math.ceil(body.byteLength / pieces), 1)
  let from = 0
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (from > 0) await sleep(betweenMs)
      controller.enqueue(body.subarray(from, from + size))
      from += size
      if (from >= body.byteLength) controller.close()
    },
  })
}
