import { isPromiseLike } from './options.ts'

/** Calls what can change nothing here, such as an observer: what it throws or rejects is dropped. */
export function fence(call: () => unknown): void {
  try {
    disregard(call())
  } catch {}
}

/** Nobody waits for this value: a rejection of it must not end the process. Never throws, whatever its `then` does. */
export function disregard(value: unknown): void {
  try {
    if (isPromiseLike(value)) Promise.resolve(value).then(undefined, () => {})
  } catch {}
}
