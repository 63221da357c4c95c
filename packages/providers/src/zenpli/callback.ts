import type { EventSchema } from '@acuse/core'
import { looseObject, string, unknown, type ZodMiniType } from 'zod/mini'

/** A callback: Zenpli finished a process. Unknown fields are kept. */
export interface ZenpliCallback<Result = unknown> {
  /** How it ended, such as `completed`; Zenpli lists no others. */
  status: string
  /** The session. Signed, and what makes two callbacks the same. */
  session_id: string
  /** The result, of any shape; the option `result` gives it one. */
  result: Result
}

/** Zenpli's only event: it names none, so Acuse calls it `callback`. */
export interface ZenpliEvents<Result = unknown> {
  /** Zenpli finished a process. */
  callback: ZenpliCallback<Result>
}

/** The zod schema of a callback whose result may be anything. */
export const zenpliCallback: ZodMiniType<ZenpliCallback> = looseObject({
  status: string(),
  session_id: string(),
  result: unknown(),
})

/** The schema of a callback whose result has a schema of its own. */
export function toCallbackSchema<Result>(result: EventSchema<Result>): EventSchema<ZenpliCallback<Result>> {
  return {
    '~standard': {
      version: 1,
      vendor: 'acuse',
      async validate(value) {
        const callback = await zenpliCallback['~standard'].validate(value)
        if (callback.issues) return callback
        const refined = await result['~standard'].validate(callback.value.result)
        if (!refined.issues) return { value: { ...callback.value, result: refined.value } }
        return {
          issues: refined.issues.map((issue) => ({ ...issue, path: ['result', ...(issue.path ?? [])] })),
        }
      },
    },
  }
}
