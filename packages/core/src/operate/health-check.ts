import type { Inbox } from '../inbox/inbox.ts'
import { fence } from '../lib/fence.ts'
import type { Reconciling } from '../receiver/reconciling.ts'
import type { HealthSettings } from './health-options.ts'
import { reasonsOf } from './receiver-reasons.ts'
import type { HealthReport } from './report.ts'
import { StoreWatch } from './store-watch.ts'

/** How long one report serves all who ask, in milliseconds. */
const sharedMs = 1_000

/** Makes reports of some receivers, at most one a second. */
export class HealthCheck {
  readonly #receivers: readonly Reconciling[]
  readonly #settings: HealthSettings
  /** Receivers may share an inbox. */
  readonly #watches = new Map<Inbox, StoreWatch>()
  #last: { readonly at: number; readonly closing: number; readonly report: Promise<HealthReport> } | undefined
  #told = ''

  constructor(receivers: readonly Reconciling[], settings: HealthSettings) {
    this.#receivers = receivers
    this.#settings = settings
    for (const { inbox } of receivers) if (inbox) this.#watches.set(inbox, new StoreWatch(inbox, settings))
  }

  /** Never rejects. */
  check(): Promise<HealthReport> {
    const now = this.#settings.clock.monotonic()
    // A close is seen at once: who asks then must send nothing more.
    const closing = this.#receivers.filter(({ isClosing }) => isClosing()).length
    if (this.#last && now - this.#last.at < sharedMs && this.#last.closing === closing)
      return this.#last.report
    const report = this.#check()
    this.#last = { at: now, closing, report }
    return report
  }

  async #check(): Promise<HealthReport> {
    const looks = [...this.#watches].map(async ([inbox, watch]) => [inbox, await watch.look()] as const)
    const looked = new Map(await Promise.all(looks))
    const reasons = this.#receivers.flatMap((receiver) =>
      reasonsOf(receiver, receiver.inbox && looked.get(receiver.inbox), this.#settings),
    )
    const live = reasons.every(({ stops }) => stops !== 'live')
    const ready = reasons.every(({ stops }) => stops === 'nothing')
    const report = { live, ready, reasons }
    this.#tell(report)
    return report
  }

  #tell(report: HealthReport): void {
    const { onChange } = this.#settings
    const now = report.reasons.map(({ code, endpoint }) => `${endpoint} ${code}`).join('\n')
    if (now === this.#told) return
    this.#told = now
    if (onChange) fence(() => onChange(report))
  }
}
