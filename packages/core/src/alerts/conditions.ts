import { type Alert, type AlertName, type Figure, keyOf, type Subject, toAlert } from './alert.ts'
import type { Thresholds } from './thresholds.ts'

/** What is wrong now: each alert fires once as its upper threshold is passed, and is resolved once below its lower one. */
export class Conditions {
  readonly #thresholds: Thresholds
  readonly #tell: (alert: Alert) => void
  readonly #firing = new Map<string, Alert>()

  constructor(thresholds: Thresholds, tell: (alert: Alert) => void) {
    this.#thresholds = thresholds
    this.#tell = tell
  }

  get firing(): readonly Alert[] {
    return [...this.#firing.values()]
  }

  /** Compares a figure with its thresholds, at a wall time. */
  judge(name: AlertName, subject: Subject, figure: Figure, now: number): void {
    const threshold = this.#thresholds[name]
    if (threshold === undefined) return
    const key = keyOf(name, subject)
    const fired = this.#firing.get(key)
    if (fired !== undefined) {
      if (figure.value > threshold.below) return
      this.#firing.delete(key)
      const resolved = { ...fired, ...figure, state: 'resolved', threshold: threshold.below } as const
      this.#tell(toAlert({ ...resolved, resolvedAt: new Date(now) }))
    } else if (figure.value > threshold.above && figure.of >= threshold.minimum) {
      const id = `alert_${crypto.randomUUID()}`
      const about = { id, name, state: 'firing', ...subject, ...figure } as const
      const alert = toAlert({ ...about, threshold: threshold.above, firedAt: new Date(now) })
      this.#firing.set(key, alert)
      this.#tell(alert)
    }
  }
}
