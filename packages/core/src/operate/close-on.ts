import type { Server } from 'node:net'
import { constants } from 'node:os'
import process from 'node:process'
import { fieldOf } from '../lib/field-of.ts'
import { describe } from '../lib/options.ts'
import { reconcilingOf } from '../receiver/reconciling.ts'
import type { Closable, ClosableServer, ServerInstance } from './closable.ts'
import { type CloseOnOptions, type CloseOnSettings, toCloseOnSettings } from './close-options.ts'
import { Closing } from './closing.ts'
import { Connections } from './connections.ts'

/** An orderly close that waits for its signal. */
export interface CloseOn {
  /**
   * Begins it without a signal; called again, it answers the same promise. Resolves when everything is closed, and never
   * rejects; the process ends by itself when nothing else keeps it alive, and after `timeoutMs` in any case.
   */
  close(): Promise<void>
  /** Listens to the signals no more, unless the close has begun. */
  cancel(): void
}

/**
 * On a signal, closes everything in order and lets the process end by itself, with exit code 0.
 *
 * The server takes no new connections and ends idle ones; new deliveries over those that are open get 503, which senders
 * send again; handlers and answers that are running finish, and their connections end. Then the other things are
 * closed, one after the other. What fails to close is logged, and the exit code is 1. After `timeoutMs` the process ends with
 * exit code 1, and a line that says what was left. A second signal ends it at once, with 128 and the signal's number.
 *
 * Call it before the first request: it counts what is being answered from then on.
 * @param server what listens
 * @param closables one or a list: receivers, or the middlewares and plugins of adapters, are closed at once; then the others, in
 * the order of the list
 * @throws TypeError when the server or something in the list cannot be closed, or an option cannot be used
 * @example
 * import { createServer } from 'node:http'
 * import { createReceiver, toNodeHandler } from '@acuse/core'
 * import { closeOn } from '@acuse/core/operate'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']))
 * receiver.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const server = createServer(toNodeHandler(receiver)).listen(3000, () => receiver.work())
 * closeOn(server, receiver, { signals: ['SIGTERM', 'SIGINT'], timeoutMs: 20_000 })
 */
export function closeOn(
  server: ClosableServer,
  closables: Closable | readonly Closable[],
  options: CloseOnOptions = {},
): CloseOn {
  const settings = toCloseOnSettings(options)
  const [listening, instance] = toServers(server)
  const all = [closables].flat()
  for (const each of all) {
    if (typeof fieldOf(each, 'close') !== 'function')
      throw new TypeError(`closeOn must be given things with a method close, not ${describe(each)}`)
  }
  const closing = new Closing({
    connections: new Connections(listening),
    instance,
    receivers: all.filter(isReceiver),
    others: all.filter((each) => !isReceiver(each)),
    ...settings,
  })
  return listen(closing, settings)
}

function listen(closing: Closing, { signals, logger }: CloseOnSettings): CloseOn {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!closing.isBegun) return void closing.begin(signal)
    logger.error({ signal }, `${signal} again: the process ends before everything is closed`)
    closing.exit(128 + constants.signals[signal])
  }
  for (const signal of signals) process.on(signal, onSignal)
  return {
    close: () => closing.begin('close()'),
    cancel() {
      if (!closing.isBegun) for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

/** Node's server, and the instance around it, if any. */
function toServers(given: ClosableServer): readonly [Server, ServerInstance?] {
  const isClosable = typeof fieldOf(given, 'close') === 'function'
  if (isClosable && isServer(given)) return [given]
  if (isClosable && 'server' in given && isServer(given.server)) return [given.server, given]
  throw new TypeError(
    `closeOn must be given a server, as createServer(), listen() and serve() return it, or an instance with a server, not ${describe(given)}`,
  )
}

function isServer(value: unknown): value is Server {
  return (
    typeof fieldOf(value, 'prependListener') === 'function' && typeof fieldOf(value, 'close') === 'function'
  )
}

function isReceiver(value: object): boolean {
  const receiver = fieldOf(value, 'receiver')
  if (typeof receiver === 'object' && receiver !== null && reconcilingOf(receiver)) return true
  return reconcilingOf(value) !== undefined
}
