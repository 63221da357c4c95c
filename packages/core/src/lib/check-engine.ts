/**
 * Says at construction what would else be told by a method that is missing, in the middle of a delivery.
 * @throws Error on an engine that is too old
 */
export function checkEngine(): void {
  if (!''.isWellFormed)
    throw new Error(`Acuse needs Node 20.19 or newer; this is ${globalThis.process?.version}`)
}
