import type { IncomingMessage, ServerResponse } from 'node:http'
import { fieldOf } from '../lib/field-of.ts'
import { describe } from '../lib/options.ts'
import type { Receiver } from '../receiver/receiver.ts'
import { type Reconciling, reconcilingOf } from '../receiver/reconciling.ts'
import { HealthCheck } from './health-check.ts'
import { type HealthOptions, toHealthSettings } from './health-options.ts'
import { Probes } from './probes.ts'
import type { HealthReport } from './report.ts'

/** A middleware or plugin of an adapter, of whatever events. */
export interface HasReceiver {
  /** The receiver behind it. */
  readonly receiver: Pick<Receiver<never>, 'handle' | 'inbox'>
}

/** A receiver of whatever events, or the middleware or plugin of an adapter. */
export type HealthSubject = Pick<Receiver<never>, 'handle' | 'inbox'> | HasReceiver

/** Tells how a process is. Its functions may be passed on by themselves. */
export interface Health {
  /**
   * Looks, or answers what a look within the last second found; a close is seen at once. It takes no longer than
   * `checkTimeoutMs`, and never rejects.
   */
  readonly check: () => Promise<HealthReport>
  /**
   * A fetch handler of the two paths: 200 or 503, with the verdicts and the codes as JSON; 404 elsewhere, 405 for another
   * method than GET and HEAD.
   */
  readonly fetch: (request: Request) => Promise<Response>
  /** The same as a `node:http` listener, and as a middleware where there is a `next`: it gets what is no probe. */
  readonly node: (request: IncomingMessage, response: ServerResponse, next?: () => unknown) => Promise<void>
}

/**
 * Tells whether a process with receivers is live and ready, and why not: whether each inbox answers, its disk has room and its
 * oldest delivery is not too old, and whether each worker hands out. For the probes of an orchestrator or a load balancer.
 *
 * A probe costs nothing more than one `stats()` of each inbox a second, and waits for no inbox longer than `checkTimeoutMs`.
 * @param receivers one or a list: receivers, or the middlewares and plugins of adapters
 * @throws TypeError when it is given no receiver, or an option cannot be used
 * @example
 * import { createServer } from 'node:http'
 * import { createReceiver, toNodeHandler } from '@acuse/core'
 * import { health } from '@acuse/core/operate'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']))
 * receiver.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const probes = health(receiver, { maxWaitingMs: 3_600_000 })
 * const deliver = toNodeHandler(receiver)
 * createServer((request, response) => {
 *   probes.node(request, response, () => deliver(request, response))
 * }).listen(3000, () => receiver.work())
 */
export function health(
  receivers: HealthSubject | readonly HealthSubject[],
  options: HealthOptions = {},
): Health {
  const settings = toHealthSettings(options)
  const parts = [receivers].flat().map(partsOf)
  if (parts.length === 0) throw new TypeError('health must be given at least one receiver')
  const checking = new HealthCheck(parts, settings)
  const check = (): Promise<HealthReport> => checking.check()
  const { fetch, node } = new Probes(check, settings)
  return { check, fetch, node }
}

function partsOf(subject: unknown): Reconciling {
  const parts = partsIn(subject) ?? partsIn(fieldOf(subject, 'receiver'))
  if (parts) return parts
  throw new TypeError(
    `health must be given receivers that createReceiver of this copy of @acuse/core made, such as webhooks, not ${describe(subject)}`,
  )
}

function partsIn(value: unknown): Reconciling | undefined {
  return typeof value === 'object' && value !== null ? reconcilingOf(value) : undefined
}
