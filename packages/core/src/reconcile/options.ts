import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { wholeNumber } from '../lib/options.ts'
import { warnOnce } from '../log/warn.ts'
import type { Reconciling } from '../receiver/reconciling.ts'
import type { ReconcileOptions } from './types.ts'

/** Options with their defaults, checked. */
export interface ReconcileSettings extends Required<Omit<ReconcileOptions, 'tenant'>> {
  readonly tenant: string | undefined
  /** How far back the inbox surely knows what it has accepted. */
  readonly reachMs: number
}

const kinds: OptionKinds<ReconcileOptions> = {
  list: 'function',
  everyMs: 'number',
  overlapMs: 'number',
  lookBackMs: 'number',
  timeoutMs: 'number',
  tenant: 'text',
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Checks options and fills in defaults, and has the inbox remember for long enough.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toReconcileSettings(
  { provider, settings, inbox, ack }: Reconciling,
  options: ReconcileOptions,
): ReconcileSettings {
  checkOptions('reconcile options', options, kinds)
  if (inbox === undefined)
    throw new TypeError(
      "reconcile needs a receiver with an inbox: with ack: 'handled' nothing keeps what is missing until it is handled. Say ack: 'accepted', and give a durable inbox",
    )
  const { list, tenant } = options
  if (list === undefined)
    throw new TypeError("reconcile needs the option list: a function that asks the provider's API for events")
  if (tenant === '') throw new TypeError('tenant must be the name of a key, not empty text')
  if (tenant === undefined && provider.tenantOf !== undefined)
    throw new TypeError("reconcile needs the option tenant: the provider's keys are by tenant (tenantOf)")
  const everyMs = wholeNumber('everyMs', options.everyMs ?? hourMs / 4, 1_000, 7 * dayMs)
  const overlapMs = wholeNumber('overlapMs', options.overlapMs ?? hourMs, 0, 30 * dayMs)
  const lookBackMs = wholeNumber('lookBackMs', options.lookBackMs ?? dayMs, 0, 30 * dayMs)
  const timeoutMs = wholeNumber('timeoutMs', options.timeoutMs ?? 30_000, 1, 600_000)
  const neededMs = Math.max(lookBackMs, everyMs + overlapMs)
  // Half of it is for rounds that fail: the next complete one looks as much further back.
  const reachMs = inbox.retentionMs ?? 2 * neededMs
  if (reachMs < neededMs)
    throw new TypeError(
      `The inbox remembers idempotency keys for ${reachMs} ms, less than the ${neededMs} ms that a round looks back: what was handled would be handled again. Raise its retentionMs, or lower lookBackMs, everyMs and overlapMs`,
    )
  ack.rememberFor?.(reachMs)
  if ((inbox.idempotencyKeys ?? inbox.durability) === 'volatile') warnOfRestart(settings.endpoint)
  return { list, everyMs, overlapMs, lookBackMs, timeoutMs, tenant, reachMs }
}

function warnOfRestart(endpoint: string): void {
  warnOnce(
    'ACUSE_RECONCILE_AFTER_RESTART',
    `${endpoint}: idempotency keys are kept in memory, so after each restart reconcile takes everything within lookBackMs for missing, and it is handled again. Give the receiver an inbox that outlives the process: docs/acknowledging.md lists them`,
  )
}
