import type { IncomingMessage, ServerResponse } from 'node:http'
import { fieldOf } from '../lib/field-of.ts'
import { pathMatcher } from '../lib/paths.ts'
import type { HealthSettings } from './health-options.ts'
import type { HealthReport } from './report.ts'

/** An answer to a probe. */
interface ProbeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** As JSON; empty for HEAD. */
  readonly body: string
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const notFound: ProbeAnswer = { status: 404, headers, body: '{"error":"not found"}' }
const notAllowed: ProbeAnswer = {
  status: 405,
  headers: { ...headers, allow: 'GET, HEAD' },
  body: '{"error":"method not allowed"}',
}

/** Answers the probes of an orchestrator. */
export class Probes {
  readonly #check: () => Promise<HealthReport>
  readonly #details: boolean
  readonly #isLive: (path: string) => boolean
  readonly #isReady: (path: string) => boolean

  constructor(check: () => Promise<HealthReport>, settings: HealthSettings) {
    this.#check = check
    this.#details = settings.details
    this.#isLive = pathMatcher(settings.livePath)
    this.#isReady = pathMatcher(settings.readyPath)
  }

  readonly fetch = async ({ method, url }: Request): Promise<Response> => {
    const { status, headers, body } = (await this.#answer(method, new URL(url).pathname)) ?? notFound
    return new Response(body === '' ? null : body, { status, headers })
  }

  readonly node = async (
    request: IncomingMessage,
    response: ServerResponse,
    next?: () => unknown,
  ): Promise<void> => {
    // A router that is mounted at a prefix takes it off `url`.
    const whole = fieldOf(request, 'originalUrl') ?? request.url
    const [path = ''] = String(whole).split('?')
    const answer = await this.#answer(String(request.method), path)
    if (answer === undefined && next) return void next()
    const { status, headers, body } = answer ?? notFound
    if (response.headersSent || response.destroyed) return
    response.writeHead(status, headers).end(body)
  }

  /** `undefined`: it is no probe. */
  async #answer(method: string, path: string): Promise<ProbeAnswer | undefined> {
    const isLive = this.#isLive(path)
    if (!isLive && !this.#isReady(path)) return undefined
    if (method !== 'GET' && method !== 'HEAD') return notAllowed
    const report = await this.#check()
    const status = (isLive ? report.live : report.ready) ? 200 : 503
    return { status, headers, body: method === 'HEAD' ? '' : this.#toBody(report) }
  }

  #toBody({ live, ready, reasons }: HealthReport): string {
    const codes = [...new Set(reasons.map(({ code }) => code))]
    return JSON.stringify({ live, ready, codes, ...(this.#details && { reasons }) })
  }
}
