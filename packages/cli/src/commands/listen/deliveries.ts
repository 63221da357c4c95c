import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { warn } from '../../command/print.ts'
import { type Exchange, toText } from '../../exchange/exchange.ts'
import { type AnsweredBytes, sendBytes } from '../../exchange/send-bytes.ts'
import { guessProviders } from './guess.ts'
import { type ArrivedRequest, type Judge, type Judgement, nowhere, taken, tooLarge } from './judge.ts'
import { texts } from './texts.ts'

const forwardTimeoutMs = 60_000

/** How deliveries are answered. */
export interface DeliverySettings {
  readonly judges: readonly Judge[]
  /** What must not be shown. */
  readonly secrets: readonly string[]
  readonly forward: string | undefined
  readonly fail: number | undefined
  readonly failRate: number
  readonly delayMs: number
  /** The address that is listened at. */
  readonly base: () => string
  /** Told of each when it was answered. */
  readonly tell: (exchange: Exchange) => void
}

/** An answer, and whose it is. */
interface Given {
  readonly answer: Pick<AnsweredBytes, 'status' | 'body'> & { readonly headers: readonly string[] }
  readonly by: Exchange['answeredBy']
}

/** Answers deliveries, and tells of each. */
export class Deliveries {
  readonly #context: Context
  readonly #settings: DeliverySettings
  #count = 0

  constructor(context: Context, settings: DeliverySettings) {
    this.#context = context
    this.#settings = settings
  }

  /** Answers one. */
  readonly deliver = async (
    request: IncomingMessage,
    body: Buffer | undefined,
    response: ServerResponse,
  ): Promise<void> => {
    const startedAt = performance.now()
    const at = new Date()
    const { method = 'GET', url = '/', rawHeaders } = request
    const arrived = { method, url, rawHeaders, body: body ?? Buffer.alloc(0) }
    const { signal } = this.#context
    const { delayMs, fail, failRate } = this.#settings
    if (delayMs > 0) await wait(delayMs, undefined, { signal }).catch(() => {})
    const isFailed = fail !== undefined && body !== undefined && Math.random() < failRate
    const judge = this.#judgeOf(url)
    const judged = await this.#judge(arrived, body, judge, isFailed)
    const { answer, by } = await this.#answer(arrived, judged, isFailed)
    if (!response.destroyed) response.writeHead(answer.status, [...answer.headers]).end(answer.body)
    const durationMs = Math.round(performance.now() - startedAt)
    const { answer: _, ...verdict } = judged
    const exchange = await this.#toExchange(arrived, at, judge, verdict)
    this.#settings.tell({ ...exchange, status: answer.status, answeredBy: by, durationMs })
  }

  /** The provider at a path; the only one is at `/` too. */
  #judgeOf(url: string): Judge | undefined {
    const { judges } = this.#settings
    const [path = '/'] = url.split('?')
    const [only] = judges.length === 1 ? judges : []
    return judges.find((judge) => judge.answers(path)) ?? (path === '/' ? only : undefined)
  }

  async #judge(
    request: ArrivedRequest,
    body: Buffer | undefined,
    judge: Judge | undefined,
    isFailed: boolean,
  ): Promise<Judgement> {
    const own = texts[this.#context.language]
    const refused = (code: string, evidence: string, answer: Judgement['answer']): Judgement => {
      return { verdict: 'refused', code, answer, findings: [{ kind: code, evidence, remedy: '' }] }
    }
    if (body === undefined) return refused('body-too-large', own.tooLarge, tooLarge)
    if (this.#settings.judges.length === 0) return { verdict: 'shown', answer: taken, findings: [] }
    if (judge === undefined) return refused('not-found', own.unknownPath, nowhere)
    return isFailed ? { ...(await judge.look(request)), answer: taken } : judge.receive(request)
  }

  async #answer(request: ArrivedRequest, judged: Judgement, isFailed: boolean): Promise<Given> {
    const { fail = 500, forward } = this.#settings
    if (isFailed) return { answer: plain(fail, '{"error":"on_purpose"}'), by: 'failure' }
    if (forward === undefined || judged.code === 'body-too-large') {
      const { status, headers, body } = judged.answer
      return {
        answer: { status, headers: Object.entries(headers).flat(), body: Buffer.from(body) },
        by: 'receiver',
      }
    }
    try {
      const { signal } = this.#context
      const sent = { method: request.method, headers: pairs(request.rawHeaders), body: request.body }
      const answered = await sendBytes(forward, sent, { signal, timeoutMs: forwardTimeoutMs })
      return { answer: { ...answered, headers: answered.headers.flat() }, by: 'forward' }
    } catch (error) {
      warn(this.#context, texts[this.#context.language].forwardFailed(messageOf(error)))
      return { answer: plain(502, '{"error":"forward_failed"}'), by: 'forward' }
    }
  }

  async #toExchange(
    { method, url, rawHeaders, body }: ArrivedRequest,
    at: Date,
    judge: Judge | undefined,
    verdict: Omit<Judgement, 'answer'>,
  ): Promise<Omit<Exchange, 'status' | 'answeredBy' | 'durationMs'>> {
    const headers = pairs(rawHeaders)
    const text = toText(body)
    const isUnasked = this.#settings.judges.length === 0
    this.#count++
    return {
      kind: 'delivery',
      id: `${at.getTime().toString(36)}-${this.#count}`,
      at: at.toISOString(),
      method,
      url,
      target: `${this.#settings.base()}${url}`,
      headers,
      ...(text !== undefined && { body: text }),
      bodyBase64: body.toString('base64'),
      bodyBytes: body.byteLength,
      ...(judge && { provider: judge.name }),
      mayBe: isUnasked ? await guessProviders(headers) : [],
      ...verdict,
    }
  }
}

function plain(status: number, body: string): Given['answer'] {
  return { status, headers: ['content-type', 'application/json'], body: Buffer.from(body) }
}

function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, at): (readonly [string, string])[] =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : [],
  )
}

/** The same without secrets: for eyes, not for `acuse replay`. */
export function withoutSecrets(exchange: Exchange, secrets: readonly string[]): Exchange {
  const hide = (text: string) =>
    secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '[secret]'), text)
  const headers = exchange.headers.map(([name, value]) => [name, hide(value)] as const)
  return { ...exchange, url: hide(exchange.url), target: hide(exchange.target), headers }
}
