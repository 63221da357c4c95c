/** A query whose parameters of these names have another value, or are gone. */
export function withParameters(query: string, names: readonly string[], value?: string): string {
  if (names.length === 0) return query
  const parameters = new URLSearchParams(query)
  for (const name of names) {
    if (value === undefined) parameters.delete(name)
    else parameters.set(name, value)
  }
  return parameters.toString()
}
