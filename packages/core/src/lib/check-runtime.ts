/**
 * Says at construction what would else be told by a method that is missing, in the middle of a delivery.
 * @throws Error on a runtime that is too old
 */
export function checkRuntime(): void {
  if (typeof String.prototype.isWellFormed === 'function') return
  const version = globalThis.process?.version ?? 'unknown'
  throw new Error(`Acuse needs Node 20.19 or newer, or a runtime as new as that; this is ${version}`)
}
