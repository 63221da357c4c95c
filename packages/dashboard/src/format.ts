import type { Language } from './texts/index.ts'

const units: readonly (readonly [ms: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
]

/** Numbers, times and sizes as people of a language write them; times are UTC. */
export class Format {
  readonly #number: Intl.NumberFormat
  readonly #time: Intl.DateTimeFormat
  readonly #ago: Intl.RelativeTimeFormat
  readonly #now: Intl.RelativeTimeFormat

  constructor(lang: Language) {
    this.#number = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 })
    this.#ago = new Intl.RelativeTimeFormat(lang, { numeric: 'always', style: 'short' })
    this.#now = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
    this.#time = new Intl.DateTimeFormat(lang, {
      timeZone: 'UTC',
      year: 'numeric',
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hour12: false,
    })
  }

  /** `12,345.6` */
  number(value: number): string {
    return this.#number.format(value)
  }

  /** `27 Nov 2026, 19:30:12 UTC`; empty where it is no time. */
  time(value: Date): string {
    return Number.isNaN(value.getTime()) ? '' : `${this.#time.format(value)} UTC`
  }

  /** `3 min. ago`, or `now`, of how many milliseconds it is ago; negative: ahead. */
  ago(ms: number): string {
    const [size, unit] = units.find(([each]) => Math.abs(ms) >= each) ?? []
    if (size === undefined || unit === undefined) return this.#now.format(0, 'second')
    return this.#ago.format(-Math.round(ms / size), unit)
  }

  /** `3 min 20 s`, `830 ms` */
  duration(ms: number): string {
    if (ms < 1_000) return `${this.number(Math.round(ms))} ms`
    if (ms < 60_000) return `${this.number(ms / 1_000)} s`
    if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`
    if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`
    return `${Math.floor(ms / 86_400_000)} d ${Math.floor((ms % 86_400_000) / 3_600_000)} h`
  }

  /** `1.2 KB` */
  bytes(count: number): string {
    if (count < 1_000) return `${this.number(count)} B`
    return count < 1_000_000 ? `${this.number(count / 1_000)} KB` : `${this.number(count / 1_000_000)} MB`
  }
}
