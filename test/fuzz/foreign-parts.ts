import {
  type Clock,
  createReceiver,
  type DedupeStore,
  defineProvider,
  hmac,
  type Inbox,
  lruDedupe,
  memoryInbox,
  type Provider,
  type Receiver,
  type ReceiverOptions,
  type Scheme,
  systemClock,
} from '@acuse/core'
import { foreignValue, misbehaving, throwing } from './foreign-values.ts'
import type { Random } from './random.ts'

/** The events of the receivers under test. */
interface ForeignEvents {
  readonly ping: { readonly type: 'ping' }
}

/** The outcomes allowed for an authentic request where one part misbehaves. */
interface Expected {
  /** `undefined`: either is right. */
  readonly accepted: boolean | undefined
  /** How often the handler may run for copies of one delivery; `undefined`: at most as often as it was sent. */
  readonly runs: 0 | 1 | undefined
}

/** A receiver of which one part misbehaves. */
export interface ForeignReceiver {
  readonly receiver: Receiver<ForeignEvents>
  readonly part: string
  readonly expected: Expected
}

const secret = 'a-secret-of-more-than-sixteen-bytes'
const genuine = hmac({ header: 'x-signature', secret })

/** The header of an authentic request, by name. */
export function signatureOf(body: Uint8Array): Readonly<Record<string, string>> {
  return genuine.sign?.(body) ?? {}
}

type Options = ReceiverOptions<ForeignEvents>

/** Changes one part. */
interface Part {
  readonly scheme?: (misbehave: () => never) => Scheme
  readonly provider?: (misbehave: () => never) => Partial<Provider<ForeignEvents>>
  readonly options?: (misbehave: () => never, random: Random, isHandled: boolean) => Options
  readonly expected: (isHandled: boolean) => Expected
  /** Only with an inbox. */
  readonly isInboxes?: boolean
}

const refused = (): Expected => ({ accepted: false, runs: 0 })
const accepted = (): Expected => ({ accepted: true, runs: 1 })
const either = (): Expected => ({ accepted: undefined, runs: undefined })

/** A part that decides never answers anything that could count as a yes; a part that only listens changes nothing. */
const parts: Readonly<Record<string, Part>> = {
  check: {
    scheme: (check) => ({ ...genuine, check, verify: () => ({ code: 'signature-mismatch' }) }),
    expected: refused,
  },
  verify: { scheme: (verify) => ({ ...genuine, verify }), expected: refused },
  header: {
    scheme: (misbehave) => ({ ...genuine, verify: () => ({ code: 'header-missing', header: misbehave() }) }),
    expected: refused,
  },
  keys: { scheme: (keys) => hmac({ header: 'x-signature', secret: keys }), expected: refused },
  envelope: { provider: (envelope) => ({ envelope }), expected: refused },
  tenantOf: { provider: (tenantOf) => ({ tenantOf }), expected: refused },
  schema: {
    provider: (validate) => ({ events: eventsOf(validate) }),
    options: () => ({ handlerTimeoutMs: 5 }),
    expected: (isHandled) => ({ accepted: !isHandled, runs: 0 }),
  },
  dedupe: {
    options: (call, _random, isHandled) => {
      const dedupe: DedupeStore = {
        durability: 'volatile',
        claim: call,
        extend: call,
        commit: call,
        release: call,
      }
      const usual = { acceptTimeoutMs: 5 }
      return isHandled ? { ...usual, ack: 'handled', dedupe } : { ...usual, inbox: memoryInbox({ dedupe }) }
    },
    expected: refused,
  },
  inbox: {
    options: (call) => ({ acceptTimeoutMs: 5, inbox: inboxOf(call) }),
    expected: refused,
    isInboxes: true,
  },
  orderingKey: { options: (orderingKey) => ({ orderingKey }), expected: accepted, isInboxes: true },
  observer: { options: (observer) => ({ observer }), expected: accepted },
  logger: {
    options: (log) => ({ logger: { debug: log, info: log, warn: log, error: log } }),
    expected: accepted,
  },
  handler: {
    options: (ping, random, isHandled) => ({
      handlerTimeoutMs: 5,
      on: random.chance(0.5) || !isHandled ? { ping } : {},
      ...(isHandled ? { ack: 'handled', respond: { ping } } : {}),
    }),
    expected: either,
  },
  random: {
    provider: () => ({ events: eventsOf(throwing(undefined)) }),
    options: (random) => ({ inbox: memoryInbox({ maxIdempotencyKeys: 10, random }) }),
    expected: () => ({ accepted: true, runs: 0 }),
    isInboxes: true,
  },
  clock: {
    options: (call, random, isHandled) => {
      const clock = clockOf(call, random)
      return isHandled
        ? { clock, ack: 'handled', dedupe: lruDedupe({ maxEntries: 10, clock }) }
        : { clock, inbox: memoryInbox({ maxIdempotencyKeys: 10, clock }) }
    },
    expected: either,
  },
}

/** The parts of a receiver that may be anybody's code. */
export const foreignParts: readonly string[] = Object.keys(parts)

/** A receiver one of whose parts answers and throws what a stranger's code may. All that is said of it is said to the observer too. */
export function foreignReceiver(random: Random, onRun: () => void): ForeignReceiver {
  const name = random.pick(foreignParts)
  const part = parts[name] as Part
  const isHandled = part.isInboxes !== true && random.chance(0.4)
  const misbehave = misbehaving(random)
  const provider = defineProvider<ForeignEvents>({
    name: 'ping',
    path: '/hooks',
    scheme: part.scheme?.(misbehave) ?? genuine,
    events: eventsOf((value) => ({ value })),
    envelope: () => ({ type: 'ping' }),
    ...part.provider?.(misbehave),
  })
  const silent = (): void => {}
  const usual: Options = {
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    // Who misbehaves is listened to at its worst.
    observer: misbehave,
    on: { ping: onRun },
  }
  const own = part.options?.(misbehave, random, isHandled) ?? {}
  const ofAck: Options = isHandled
    ? { ack: 'handled', dedupe: lruDedupe({ maxEntries: 10 }) }
    : { retry: { attempts: 2, minDelayMs: 0, maxDelayMs: 0 }, inbox: memoryInbox({ maxIdempotencyKeys: 10 }) }
  // Whose level of acknowledging is which is decided above.
  const receiver = createReceiver(provider, { ...ofAck, ...usual, ...own } as Options)
  return { receiver, part: `${name}${isHandled ? ', handled' : ''}`, expected: part.expected(isHandled) }
}

function eventsOf(validate: (value: never) => unknown): Provider<ForeignEvents>['events'] {
  return { ping: { '~standard': { version: 1, vendor: 'fuzz', validate: validate as never } } }
}

/** One whose store answers anything, and whose workers are right. */
function inboxOf(call: () => never): Inbox {
  const inner = memoryInbox({ maxIdempotencyKeys: 10 })
  return {
    durability: 'volatile',
    ordered: true,
    retentionMs: undefined,
    deadLetters: inner.deadLetters,
    accept: call,
    deadLetter: call,
    stats: call,
    consume: (handle, options) => ({ ...inner.consume(handle, options), unhandled: call }),
    close: (options) => inner.close(options),
  }
}

/** One whose calls are wrong now and then, or always. A task it does run: one that never runs is a clock that stands still. */
function clockOf(call: () => never, random: Random): Clock {
  const share = random.pick([0.1, 0.5, 1])
  const isWrong = (): boolean => random.chance(share)
  return {
    now: () => (isWrong() ? call() : systemClock.now()),
    monotonic: () => (isWrong() ? call() : systemClock.monotonic()),
    schedule(delayMs, task) {
      if (!isWrong()) return systemClock.schedule(delayMs, task)
      const way = random.pick(['throws', 'at once', 'early', 'twice', 'deaf'])
      if (way === 'throws') return throwing(foreignValue(random))()
      if (way === 'at once') task()
      else if (way === 'early') setImmediate(task)
      else systemClock.schedule(Math.min(delayMs, 20), task)
      if (way === 'twice') setImmediate(task)
      return call()
    },
  }
}
