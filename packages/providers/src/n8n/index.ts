import { apiKey, defineProvider, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { N8nEvents } from './events.ts'

export type * from './events.ts'

/**
 * n8n: what a workflow sends with the node «HTTP Request».
 *
 * n8n signs nothing: the node carries a token («Generic Credential Type», «Bearer Auth»), and whoever sees one request
 * can make others. The body is the workflow's own JSON: one item, or a list of them, each of which is an event. An event
 * is a `message`, or what the header `X-Event-Type` calls it: add one where workflows send several kinds. It is the same
 * event while the item is the same: put the id of the execution into each, `{{ $execution.id }}`, so that two equal
 * orders are two. The node retries as «Retry On Fail» says.
 *
 * As of its documentation, read 2026-11-27:
 * https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.httprequest/.
 *
 * @typeParam Events the payloads by name, such as `{ message: { order: number } }`
 * @param token the token, or several while one replaces another
 * @throws TypeError when a token is missing, empty, short or a placeholder
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { n8n } from '@acuse/providers/n8n'
 *
 * const receiver = createReceiver(n8n<{ message: { order: number } }>(process.env['N8N_TOKEN']))
 * receiver.on('message', ({ payload }, { log }) => log.info({ order: payload.order }, 'from n8n'))
 */
export function n8n<Events extends object = N8nEvents>(token: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<N8nEvents>({
    name: 'n8n',
    path: '/webhooks/n8n',
    scheme: apiKey({ key: token, format: 'bearer' }),
    items: '',
    eventRules: [
      { when: { header: 'X-Event-Type', exists: true }, type: [{ header: 'X-Event-Type' }] },
      { type: [{ text: 'message' }] },
    ],
    sending: {
      attemptDelaysMs: [0],
      // «Timeout»: 5 minutes by default.
      timeoutMs: 300_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, execution: String(at.getTime()) }),
      headers: (_payload, _at, event): Record<string, string> =>
        event === 'message' ? {} : { 'X-Event-Type': event },
    },
  })
  return typed<Events>(provider)
}
