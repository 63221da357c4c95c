// For AWS Lambda without a framework: `@acuse/core/lambda`.
export type {
  LambdaCaller,
  LambdaContext,
  LambdaEvent,
  LambdaRequestContext,
  LambdaResult,
} from './http/lambda-event.ts'
export type { LambdaHandler, LambdaHandlerOptions } from './http/lambda-handler.ts'
export { toLambdaHandler } from './http/lambda-handler.ts'
