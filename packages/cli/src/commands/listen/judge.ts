import {
  createReceiver,
  explain,
  fromRawHeaders,
  memoryInbox,
  type Observation,
  type Provider,
  type Receiver,
} from '@acuse/core'
import { type Answer, rejectionAnswers } from '@acuse/core/adapter'
import { sayFinding } from '@acuse/core/finding-texts'
import type { Language } from '../../command/language.ts'
import type { Exchange, ExchangeFinding } from '../../exchange/exchange.ts'
import type { ResolvedProvider } from '../../provider/resolve-provider.ts'

/** A request whose body is in hand. */
export interface ArrivedRequest {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** What a provider's receiver says of a request. */
export interface Judgement extends Pick<Exchange, 'verdict' | 'findings'> {
  readonly code?: string
  readonly event?: string
  readonly answer: Pick<Answer, 'status' | 'headers' | 'body'>
}

const silent = (): void => {}
const quiet = { debug: silent, info: silent, warn: silent, error: silent }

/** The receiver of one provider, with an inbox in memory: what it accepts is handled by nobody, and done. */
export class Judge {
  readonly name: string
  readonly path: string
  readonly #receiver: Receiver<object>
  readonly #provider: Provider<object>
  readonly #language: Language
  /** The events of what was accepted, until they are asked for. */
  readonly #events = new Map<string, string>()

  constructor({ provider }: ResolvedProvider, language: Language) {
    this.name = provider.name
    this.path = provider.path
    this.#provider = provider
    this.#language = language
    this.#receiver = createReceiver(provider, {
      inbox: memoryInbox(),
      handle: 'all',
      logger: quiet,
      observer: (observation) => this.#observe(observation),
    })
  }

  #observe(observation: Observation): void {
    if (observation.type === 'accepted' || observation.type === 'duplicate')
      this.#events.set(observation.id, observation.event)
  }

  /** Whether a path is its own. */
  answers(path: string): boolean {
    return this.#receiver.answers(path)
  }

  /** Takes the request to its inbox, or refuses it. */
  async receive(request: ArrivedRequest): Promise<Judgement> {
    const headers = fromRawHeaders(request.rawHeaders)
    const { method, url, body } = request
    const outcome = await this.#receiver.handle({ method, url, headers, read: () => body })
    const { status, headers: answered, body: text } = outcome
    const answer = { status, headers: answered, body: text }
    if (outcome.kind === 'rejected') {
      const { code } = outcome
      return { verdict: 'refused', code, answer, findings: await this.#explain(request) }
    }
    if (outcome.kind === 'answered') return { verdict: 'answered', answer, findings: [] }
    const events = outcome.ids.map((id) => this.#events.get(id) ?? '')
    for (const id of outcome.ids) this.#events.delete(id)
    return { verdict: outcome.kind, event: [...new Set(events)].join(', '), answer, findings: [] }
  }

  /** The same without taking it anywhere: it is failed on purpose, and may come again. */
  async look(request: ArrivedRequest): Promise<Omit<Judgement, 'answer'>> {
    const headers = fromRawHeaders(request.rawHeaders)
    const explanation = await explain({ ...request, headers }, this.#provider)
    if (explanation.kind === 'passed') return { verdict: 'shown', findings: [] }
    const { code } = explanation
    return { verdict: 'refused', code, findings: explanation.findings.map((each) => this.#say(each)) }
  }

  async #explain(request: ArrivedRequest): Promise<readonly ExchangeFinding[]> {
    return (await this.look(request)).findings
  }

  #say(finding: Parameters<typeof sayFinding>[1]): ExchangeFinding {
    return { ...finding, ...sayFinding(this.#language, finding) }
  }

  close(): Promise<void> {
    return this.#receiver.close({ timeoutMs: 1_000 })
  }
}

/** The answer where nobody was asked for. */
export const taken: Judgement['answer'] = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"success":true}',
}

/** The answer where nothing is at that path. */
export const nowhere: Judgement['answer'] = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"error":"not_found"}',
}

/** The answer to a body that is too large. */
export const tooLarge: Judgement['answer'] = {
  status: rejectionAnswers['body-too-large'].status,
  headers: { 'content-type': 'application/json', connection: 'close' },
  body: JSON.stringify({ error: rejectionAnswers['body-too-large'].error }),
}
