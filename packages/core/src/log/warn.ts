import { printable } from '../lib/printable.ts'
import { processWide } from '../lib/process-wide.ts'

/** Emits a process warning, for what an operator must know where there is no logger. Workers prints an object of options as such. */
export function warn(code: string, message: string): void {
  globalThis.process?.emitWarning?.(printable(message), 'AcuseWarning', code)
}

const said = processWide('warnings/1', () => new Set<string>())

/** The same, once in the life of the process for each message: for what is true of several receivers in it. */
export function warnOnce(code: string, message: string): void {
  if (said.has(message)) return
  said.add(message)
  warn(code, message)
}
