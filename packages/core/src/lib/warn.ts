/** A process warning: how a library without a logger speaks to the operator, and only of what needs one. */
export function warn(code: string, message: string): void {
  globalThis.process?.emitWarning?.(message, { type: 'AcuseWarning', code })
}
