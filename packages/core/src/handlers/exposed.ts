const nothing: Readonly<Record<string, string>> = Object.freeze({})

/** Those of the kept headers that a provider exposes. */
export function exposed(
  kept: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  if (names.length === 0) return nothing
  return Object.fromEntries(names.flatMap((name) => (kept[name] === undefined ? [] : [[name, kept[name]]])))
}
