import { createReceiver } from '@acuse/core'
import { toLambdaHandler } from '@acuse/core/lambda'
import { redcumbre } from '@acuse/providers/redcumbre'
import type {
  ALBEvent,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
  Context,
  Handler,
  LambdaFunctionURLEvent,
  LambdaFunctionURLResult,
} from 'aws-lambda'
import { describe, expectTypeOf, it } from 'vitest'

describe('toLambdaHandler', () => {
  const handler = toLambdaHandler(createReceiver(redcumbre('secret'), { ack: 'handled' }))

  it('is a handler of each source, by the types of @types/aws-lambda', () => {
    const rest: Handler<APIGatewayProxyEvent, APIGatewayProxyResult> = handler
    const http: Handler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = handler
    const url: Handler<LambdaFunctionURLEvent, LambdaFunctionURLResult> = handler
    const balancer: Handler<ALBEvent, ALBResult> = handler
    expectTypeOf([rest, http, url, balancer]).toBeArray()
    expectTypeOf<Context>().toExtend<NonNullable<Parameters<typeof handler>[1]>>()
  })

  it('takes no option that it does not know', () => {
    // @ts-expect-error It is misspelt.
    toLambdaHandler(createReceiver(redcumbre('secret'), { ack: 'handled' }), { clientAdress: () => '' })
  })
})
