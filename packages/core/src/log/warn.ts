import { printable } from '../lib/printable.ts'

/** A process warning: how a library without a logger speaks to the operator, and only of what needs one. */
export function warn(code: string, message: string): void {
  globalThis.process?.emitWarning?.(printable(message), { type: 'AcuseWarning', code })
}

const said = new Set<string>()

/** The same, once in the life of the process for each message: for what is true of several receivers in it. */
export function warnOnce(code: string, message: string): void {
  if (said.has(message)) return
  said.add(message)
  warn(code, message)
}
