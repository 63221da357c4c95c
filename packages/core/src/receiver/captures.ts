import { sturdyClock } from '../lib/check-clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { fence } from '../lib/fence.ts'
import { writeFailure } from '../log/logger.ts'
import type { Clock } from '../model/clock.ts'
import type { Logger } from '../model/logger.ts'
import type { Outcome, Rejected } from '../model/outcome.ts'
import type { Provider } from '../model/provider.ts'
import type { CaptureOptions, RefusedRequest } from '../model/refused-request.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { RequestHead } from '../schemes/keys.ts'
import { HeadRedaction } from './captured-head.ts'

/** What a capture needs of its receiver. */
export interface CaptureSettings {
  readonly endpoint: string
  readonly clock: Clock
  readonly logger: Logger
}

/** Refusals that say nothing of a sender: anybody's browser gets them. */
const ofAnybody: ReadonlySet<RejectionCode> = new Set(['method-not-allowed', 'address-refused'])
const everyMs = 1_000
const mostInSecond = 50
const afterFailureMs = 60_000

/** The last requests that were refused, bounded in number and bytes, and when they are kept. */
export class Captures {
  readonly #provider: Provider<object>
  readonly #options: Required<CaptureOptions>
  readonly #settings: CaptureSettings
  readonly #redaction: HeadRedaction
  readonly #requests: RefusedRequest[] = []
  #writing: Promise<void> | undefined
  #cancel: (() => void) | undefined
  #isDirty = false
  #notBefore = 0
  #second = Number.NaN
  #takenInIt = 0

  constructor(provider: Provider<object>, options: Required<CaptureOptions>, settings: CaptureSettings) {
    this.#provider = provider
    this.#options = options
    // Timers of a clock that throws would end the process.
    this.#settings = { ...settings, clock: sturdyClock(settings.clock) }
    this.#redaction = new HeadRedaction(provider)
  }

  /** Remembers a request that was refused; it copies, and waits for nothing. */
  add(request: RequestHead, body: Uint8Array | undefined, outcome: Outcome): void {
    if (outcome.kind !== 'rejected' || outcome.status >= 500 || ofAnybody.has(outcome.code)) return
    if (this.#isFlooded()) return
    this.#requests.push(this.#take(request, body, outcome))
    if (this.#requests.length > this.#options.refused) this.#drop()
    this.#isDirty = true
    this.#plan()
  }

  /** To look for secrets takes longer than to refuse: a stranger must not have that done at will. */
  #isFlooded(): boolean {
    const second = Math.floor(this.#settings.clock.monotonic() / 1_000)
    if (second !== this.#second) this.#takenInIt = 0
    this.#second = second
    return this.#takenInIt++ >= mostInSecond
  }

  #take(request: RequestHead, body: Uint8Array | undefined, { code, status }: Rejected): RefusedRequest {
    const { endpoint, clock } = this.#settings
    const { name, scheme } = this.#provider
    // A body that nobody signed proves nothing, and may hold anything.
    const isEvidence = scheme.signs.length > 0
    return {
      at: new Date(clock.now()).toISOString(),
      endpoint,
      provider: name,
      code,
      status,
      ...this.#redaction.take(request),
      ...(body && isEvidence && { body: body.slice(0, this.#options.maxBodyBytes) }),
      ...(body && { bodyBytes: body.byteLength }),
    }
  }

  /** The oldest of the code that has most: a flood of one kind displaces no other. */
  #drop(): void {
    const counts = new Map<RejectionCode, number>()
    for (const { code } of this.#requests) counts.set(code, (counts.get(code) ?? 0) + 1)
    const most = Math.max(...counts.values())
    const oldest = this.#requests.findIndex(({ code }) => counts.get(code) === most)
    this.#requests.splice(oldest, 1)
  }

  /** One write at a time, and one that waits. */
  #plan(): void {
    if (!this.#isDirty || this.#writing || this.#cancel) return
    const { clock } = this.#settings
    const delayMs = Math.max(0, this.#notBefore - clock.monotonic())
    this.#cancel = clock.schedule(delayMs, () => {
      this.#cancel = undefined
      this.#write()
    })
  }

  #write(): void {
    const { clock, logger, endpoint } = this.#settings
    this.#isDirty = false
    this.#notBefore = clock.monotonic() + everyMs
    const requests = [...this.#requests]
    this.#writing = Promise.resolve()
      .then(() => this.#options.keep(requests))
      .catch((error: unknown) => {
        this.#notBefore = clock.monotonic() + afterFailureMs
        fence(() => writeFailure(logger, `${endpoint}: the refused requests were not kept`, error))
      })
      .then(() => {
        this.#writing = undefined
        this.#plan()
      })
  }

  /** Keeps what is not kept yet; waits no longer than `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    const { clock } = this.#settings
    if (this.#writing !== undefined && (await withDeadline(this.#writing, timeoutMs, clock)) === timedOut)
      return
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#isDirty) this.#write()
    if (this.#writing !== undefined) await withDeadline(this.#writing, timeoutMs, clock)
  }
}
