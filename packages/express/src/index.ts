export { keepRawBody } from './read-request.ts'
export { redcumbreWebhooks } from './redcumbre.ts'
export type { Webhooks } from './webhooks.ts'
export { webhooks } from './webhooks.ts'
