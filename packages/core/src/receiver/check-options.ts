import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { knownOptions } from '../lib/options.ts'
import type { Observer } from '../model/observation.ts'
import type { Provider } from '../model/provider.ts'
import { checkProvider } from './check-provider.ts'
import type { HandledOptionName, InboxOptionName, ReceiverOptions } from './options.ts'
import type { Tracer } from './tracer.ts'

const optionKinds: OptionKinds<ReceiverOptions<object>> = {
  on: 'object',
  onUnknown: 'function',
  respond: 'object',
  path: 'text',
  endpoint: 'text',
  work: 'true or false',
  handle: 'checked',
  ack: 'checked',
  inbox: 'checked',
  dedupe: 'checked',
  leaseMs: 'number',
  observer: 'checked',
  tracer: 'checked',
  logger: 'checked',
  tolerance: 'checked',
  maxBodyBytes: 'number',
  maxBytesInFlight: 'number',
  ipAllowlist: 'checked',
  bodyTimeoutMs: 'number',
  acceptTimeoutMs: 'number',
  ackTimeoutMs: 'number',
  handlerTimeoutMs: 'number',
  maxPayloadValues: 'number',
  orderingKey: 'function',
  keepHeaders: 'checked',
  onStale: 'checked',
  concurrency: 'number',
  retry: 'checked',
  closeTimeoutMs: 'number',
  capture: 'checked',
  clock: 'clock',
}

/**
 * Checks what a receiver is made of: names and kinds here, bounds where each is read.
 * @throws TypeError that names the first thing that cannot be used, and says what it takes
 */
export function checkReceiverOptions<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events>,
): void {
  checkProvider(provider)
  checkOptions<ReceiverOptions<Events>>('receiver options', options, optionKinds)
}

/**
 * All observers.
 * @throws TypeError when one is no function
 */
export function toObservers(given: unknown): readonly Observer[] {
  const all: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given]
  if (all.every(isObserver)) return [...all]
  throw new TypeError('observer must be a function, or a list of functions')
}

function isObserver(value: unknown): value is Observer {
  return typeof value === 'function'
}

/**
 * A tracer that has what it must.
 * @throws TypeError when it has not
 */
export function toTracer(tracer: Tracer | undefined): Tracer | undefined {
  if (tracer === undefined) return undefined
  if (typeof tracer?.receive === 'function' && typeof tracer.process === 'function') return tracer
  throw new TypeError('tracer must have the methods receive and process, such as otel() of @acuse/otel')
}

/** The options of each level of acknowledging, with the error for one that is given beside the other level. */
const nothingStored = "ack: 'handled' stores nothing. Leave out one of the two"
const needsInbox: { readonly [Name in InboxOptionName]: string } = {
  inbox: `inbox needs ack: 'accepted', the default; ${nothingStored}`,
  work: `work needs an inbox, which another process works on; ${nothingStored}`,
  retry: `retry needs an inbox, which tries again; ${nothingStored}: the sender retries`,
  orderingKey: `orderingKey needs an inbox, in which deliveries wait; ${nothingStored}`,
  onStale: `onStale needs an inbox, which has dead letters; ${nothingStored}`,
}
const needsHandled: { readonly [Name in HandledOptionName]: string } = {
  dedupe: "dedupe needs ack: 'handled'; an inbox takes it as memoryInbox({ dedupe })",
  leaseMs: "leaseMs needs ack: 'handled'; an inbox has leases of its own. Leave it out",
  respond: "respond needs ack: 'handled': else the answer does not wait for handlers",
}

/**
 * Checks that all options belong to the level of acknowledging that `ack` names.
 * @throws TypeError that names the first one which would be ignored, and says what to leave out
 */
export function checkAck<Events extends object>(options: ReceiverOptions<Events>): void {
  const { ack = 'accepted' } = options
  if (ack !== 'accepted' && ack !== 'handled') throw new TypeError("ack must be 'accepted' or 'handled'")
  const remedies = Object.entries(ack === 'handled' ? needsInbox : needsHandled)
  for (const [name, remedy] of remedies)
    if (Reflect.get(options, name) !== undefined) throw new TypeError(remedy)
}

/**
 * For adapters with options of their own beside the receiver's: refuses an option that neither has.
 * @param own the names of the adapter's options
 * @throws TypeError that names the unknown option and the known ones, or says what is no object
 */
export function checkAdapterOptions(where: string, options: unknown, own: readonly string[]): void {
  knownOptions(where, options, [...own, ...Object.keys(optionKinds)])
}

/**
 * Checks bounds that depend on each other.
 * @throws TypeError when no body could be as large as it may be, or the sender's last retry would be stale
 */
export function checkBounds(
  { time, limits, name }: Pick<Provider<object>, 'time' | 'limits' | 'name'>,
  bounds: {
    readonly maxBodyBytes: number
    readonly maxBytesInFlight: number
    /** As the caller gave it. */
    readonly pastMs: number | undefined
  },
): void {
  const { maxBodyBytes, maxBytesInFlight, pastMs } = bounds
  if (maxBytesInFlight < maxBodyBytes) {
    throw new TypeError(
      `maxBytesInFlight (${maxBytesInFlight}) must not be less than maxBodyBytes (${maxBodyBytes}): such a body could never be read`,
    )
  }
  const retriesMs = limits?.retriesForMs ?? 0
  if (time?.of === 'event' && pastMs !== undefined && pastMs < retriesMs) {
    throw new TypeError(
      `tolerance.pastMs (${pastMs}) must not be less than the ${retriesMs} ms for which ${name} retries: its last attempt would be stale`,
    )
  }
}
