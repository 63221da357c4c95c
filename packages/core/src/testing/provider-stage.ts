import type { Inbox } from '../inbox/inbox.ts'
import { memoryInbox } from '../inbox/memory/memory-inbox.ts'
import { type DeliveryToSign, signDelivery } from '../lib/sign-delivery.ts'
import type { Clock } from '../model/clock.ts'
import type { Handshake } from '../model/handshake.ts'
import type { JsonObject } from '../model/json.ts'
import type { Path } from '../model/path.ts'
import type { Provider } from '../model/provider.ts'
import { defineProvider } from '../receiver/define-provider.ts'
import type { Captured } from './captured.ts'
import { benchClock, ProviderBench } from './provider-bench.ts'
import type { ProviderSubject } from './provider-subject.ts'

/** A payload of an event. */
export interface ProviderSample {
  readonly event: string
  readonly payload: JsonObject
}

/** Which key; the second is another one. */
export type Which = 0 | 1

/** What a case works with: a provider, its sender, samples, and the time. */
export class ProviderStage {
  /** The time at which a case begins, in whole seconds. */
  readonly now: Date
  /** The provider as a receiver has it. */
  readonly provider: Provider<object>
  readonly handshakes: readonly Handshake[]
  readonly volatile: readonly Path[]
  /** Where lists of events stand. */
  readonly listPaths: readonly Path[]
  readonly retry: ProviderSubject<unknown>['retry']
  readonly #subject: ProviderSubject<unknown>
  readonly #inbox: (clock: Clock) => Inbox
  readonly #senders = new Map<Which, Provider<object>>()
  readonly #stamped = new Map<string, JsonObject>()
  readonly #benches: ProviderBench[] = []

  constructor(subject: ProviderSubject<unknown>) {
    this.#subject = subject
    this.#inbox = subject.inbox ?? ((clock) => memoryInbox({ clock, maxIdempotencyKeys: 20_000 }))
    this.now = new Date(Math.floor(Date.now() / 1_000) * 1_000)
    this.provider = defineProvider(subject.provider(subject.secrets[0]))
    const { handshakes = [], volatile = [], items = [] } = this.provider
    this.handshakes = handshakes
    this.volatile = volatile
    this.listPaths = [items].flat().map((path) => path.replace(/\.?\*$/, ''))
    this.retry = subject.retry
  }

  /**
   * The samples of the provider, one at least.
   * @throws TypeError where there is none
   */
  async samples(): Promise<readonly ProviderSample[]> {
    const found: Readonly<Record<string, object | undefined>> =
      this.#subject.samples ?? (await this.sender().sending?.samples()) ?? {}
    const samples = Object.entries(found).map(([event, payload]) => ({ event, payload: { ...payload } }))
    if (samples.length > 0) return samples
    throw new TypeError(
      `${this.provider.name} has no samples: state provider.sending.samples, or give the option samples`,
    )
  }

  /** The first of the samples. */
  async sample(): Promise<ProviderSample> {
    return (await this.samples())[0] as ProviderSample
  }

  /** The provider as its sender has it, with one of the keys. */
  sender(which: Which = 0): Provider<object> {
    const { sender, provider, secrets } = this.#subject
    const known = this.#senders.get(which) ?? (sender ?? provider)(secrets[which])
    this.#senders.set(which, known)
    return known
  }

  /** The payload of a sample as it is sent at a time: once, because it may have an id that is made. */
  stamped({ event, payload }: ProviderSample, at: Date = this.now): JsonObject {
    const key = `${at.getTime()} ${event}`
    const stamped = this.#stamped.get(key) ?? this.sender().sending?.stamp?.(payload, at) ?? payload
    this.#stamped.set(key, stamped)
    return stamped
  }

  /** A sample as it is sent, signed with one of the keys. */
  sent(sample: ProviderSample, at: Date = this.now, which: Which = 0): Captured {
    return this.signed({ event: sample.event, payload: this.stamped(sample, at), at }, which)
  }

  /** A request of the sender. */
  signed(delivery: DeliveryToSign, which: Which = 0): Captured {
    return { method: 'POST', ...signDelivery(this.sender(which), delivery) }
  }

  /** A receiver of its own, with the keys of a receiver that has both, or one of them. */
  bench({
    keys = 0,
    failing = [],
  }: {
    keys?: Which | 'both'
    failing?: readonly string[]
  } = {}): ProviderBench {
    const { provider: create, secrets } = this.#subject
    const provider = keys === 0 ? this.provider : defineProvider(create(keys === 1 ? secrets[1] : secrets))
    const { thin } = provider
    // Nothing is fetched from anywhere.
    const local = thin === undefined ? provider : { ...provider, thin: { id: thin.id } }
    const clock = benchClock(this.now.getTime())
    const bench = new ProviderBench({ provider: local, inbox: this.#inbox, clock, failing })
    this.#benches.push(bench)
    return bench
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#benches.map((bench) => bench.close()))
  }
}

/** The cases of a file, by their names; the abilities that one needs stand before a colon. */
export type ProviderChecks = Readonly<Record<string, (stage: ProviderStage) => Promise<void>>>

/** The time so many milliseconds later. */
export function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}
