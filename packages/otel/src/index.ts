export type { Otel, OtelOptions } from './options.ts'
export { otel } from './otel.ts'
