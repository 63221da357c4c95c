/** A field of a value that may be anything; `undefined` where it has none. What a getter of it throws is thrown. */
export function fieldOf(holder: unknown, name: PropertyKey): unknown {
  const hasFields = (typeof holder === 'object' && holder !== null) || typeof holder === 'function'
  return hasFields ? Reflect.get(holder, name) : undefined
}
