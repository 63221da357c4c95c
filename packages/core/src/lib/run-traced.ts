import { fence } from './fence.ts'

/**
 * Runs what a tracer is about, once, whatever the tracer does: where it does not call `run` before it returns, it is called
 * here, and the result is that of `run`.
 */
export function runTraced<Argument, Result>(
  trace: (run: (argument?: Argument) => Result) => unknown,
  run: (argument?: Argument) => Result,
): Result {
  let made: { readonly result: Result } | undefined
  const once = (argument?: Argument): Result => {
    made ??= { result: run(argument) }
    return made.result
  }
  fence(() => trace(once))
  return once()
}
