// Hono's response is fetch's.
export { toResponse as writeOutcome } from '@acuse/core/adapter'
