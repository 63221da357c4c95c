import assert from 'node:assert/strict'
import type { Inbox } from '../inbox/inbox.ts'
import { type Clock, systemClock } from '../model/clock.ts'
import type { UnknownEvent } from '../model/event.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Provider } from '../model/provider.ts'
import { createReceiver } from '../receiver/create-receiver.ts'
import type { Receiver } from '../receiver/receiver.ts'
import { type Tolerance, toLastAnswerMs } from '../receiver/tolerance.ts'
import { type Captured, toIncoming } from './captured.ts'

/** A clock that stands, and goes on when it is told to; what is scheduled comes by the machine's own. */
export interface BenchClock extends Clock {
  advance(ms: number): void
}

export function benchClock(startAt: number): BenchClock {
  let passedMs = 0
  return {
    now: () => startAt + passedMs,
    monotonic: () => systemClock.monotonic() + passedMs,
    schedule: systemClock.schedule,
    advance(ms) {
      passedMs += ms
    },
  }
}

/** What a receiver of a bench needs. */
export interface BenchOptions {
  readonly provider: Provider<object>
  readonly inbox: (clock: Clock) => Inbox
  readonly clock: BenchClock
  /** The ids of the events whose handler fails. Default: none. */
  readonly failing?: readonly string[]
}

const minutesMs = 300_000

/** The tolerance of a provider's bench, so that its bounds are known: a time of the event is as old as the last attempt. */
export function toleranceFor({ time, limits = {} }: Provider<object>): Tolerance {
  const pastMs = time?.of === 'event' ? Math.max(minutesMs, toLastAnswerMs(limits)) : minutesMs
  return { pastMs, futureMs: 60_000 }
}

const silent = (): void => {}

/** A receiver of a provider, and what its handlers ran. */
export class ProviderBench {
  readonly clock: BenchClock
  readonly inbox: Inbox
  readonly #receiver: Receiver<object>
  readonly #ran: UnknownEvent[] = []
  readonly #undocumented: string[] = []
  #touched = 0

  constructor({ provider, inbox, clock, failing = [] }: BenchOptions) {
    this.clock = clock
    this.inbox = this.#watched(inbox(clock))
    const run = (event: UnknownEvent): void => {
      if (failing.includes(event.id)) throw new Error('The handler of this event fails')
      this.#ran.push(event)
    }
    const onUnknown = (event: UnknownEvent): void => {
      this.#undocumented.push(event.type)
      run(event)
    }
    this.#receiver = createReceiver<object>(provider, {
      inbox: this.inbox,
      clock,
      tolerance: toleranceFor(provider),
      retry: { attempts: 1 },
      on: { '*': run },
      // Where the data list no events, any name is one.
      ...(provider.events && { onUnknown }),
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    })
  }

  /** How often the inbox was asked to keep something. */
  get touched(): number {
    return this.#touched
  }

  /** The types of those that ran and that the provider's data do not list. */
  get undocumented(): readonly string[] {
    return this.#undocumented
  }

  send(captured: Captured): Promise<Outcome> {
    return this.#receiver.handle(toIncoming(captured, this.#receiver.path))
  }

  /** The events that handlers ran, when nothing is left to run. */
  async ran(): Promise<readonly UnknownEvent[]> {
    await this.#receiver.onIdle()
    return this.#ran
  }

  close(): Promise<void> {
    return this.#receiver.close()
  }

  #watched(inbox: Inbox): Inbox {
    const watch = (): void => void this.#touched++
    return new Proxy(inbox, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name === 'accept' || name === 'deadLetter') {
          return (...given: unknown[]): unknown => {
            watch()
            return Reflect.apply(member, target, given)
          }
        }
        return member.bind(target)
      },
    })
  }
}

/** What became of a request, in a word. */
export function wordOf(outcome: Outcome): string {
  return outcome.kind === 'rejected' ? `${outcome.status} ${outcome.code}` : outcome.kind
}

/** Fails unless the request was accepted as new. */
export function assertAccepted(outcome: Outcome, what: string): readonly string[] {
  if (outcome.kind === 'accepted') return outcome.ids
  assert.fail(`${what}: must be accepted, not ${wordOf(outcome)}`)
}

/** Fails unless the request was not proven, or its keys could not be had. */
export function assertUnproven(outcome: Outcome, what: string): void {
  const isRefused = outcome.kind === 'rejected' && (outcome.status === 401 || outcome.code === 'keys-failed')
  assert.ok(isRefused, `${what}: must be refused with 401, not ${wordOf(outcome)}`)
}

/** Fails where the request was accepted as new, or could not be judged. */
export function assertNotNew(outcome: Outcome, what: string): void {
  const isOld = outcome.kind !== 'accepted' && (outcome.status < 500 || wordOf(outcome) === '503 keys-failed')
  assert.ok(isOld, `${what}: must be a duplicate, or refused, not ${wordOf(outcome)}`)
}

/** Fails unless the request was taken for a copy. */
export function assertDuplicate(outcome: Outcome, what: string): void {
  assert.equal(wordOf(outcome), 'duplicate', `${what}: must be a duplicate`)
}

/** Fails unless the handlers ran these events, each once. */
export async function assertRan(bench: ProviderBench, ids: readonly string[], what: string): Promise<void> {
  const ran = (await bench.ran()).map(({ id }) => id)
  assert.deepEqual([...ran].sort(), [...new Set(ids)].sort(), `${what}: each event must run once`)
}
