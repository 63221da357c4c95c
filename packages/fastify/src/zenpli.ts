import type { ReceiverOptions } from '@acuse/core'
import {
  separateZenpliOptions,
  type ZenpliCallbacksOptions,
  type ZenpliEvents,
  zenpli,
} from '@acuse/providers/zenpli'
import { createPlugin, type Webhooks } from './webhooks.ts'

export type { ZenpliCallbacksOptions } from '@acuse/providers/zenpli'

/**
 * A Fastify plugin for Zenpli's callbacks: `POST /webhooks/zenpli`.
 *
 * @throws TypeError unless exactly one of `rsa`, `hmac` and `apiKey` is given and every option can be used
 * @example
 * import { zenpliCallbacks } from '@acuse/fastify'
 * import { sqliteInbox } from '@acuse/sqlite'
 * import fastify from 'fastify'
 *
 * const inbox = sqliteInbox('zenpli.db')
 * const webhooks = zenpliCallbacks({ hmac: process.env['ZENPLI_SECRET'] as string, inbox })
 * webhooks.on('callback', ({ payload }, { log }) => log.info({ status: payload.status }, 'called back'))
 * const app = fastify()
 * await app.register(webhooks)
 */
export function zenpliCallbacks<Result = unknown>(
  options: ZenpliCallbacksOptions<Result>,
): Webhooks<ZenpliEvents<Result>> {
  const [own, others] = separateZenpliOptions<Result, ReceiverOptions<ZenpliEvents<Result>>>(options)
  return createPlugin('zenpliCallbacks', zenpli(own), others)
}
