/** Each name with its value, in the order of names and, of one name, of values; a pair that stands twice counts once. */
export function sortedForm(body: Uint8Array): string {
  const pairs = [...new URLSearchParams(Buffer.from(body).toString())]
  const distinct = new Map(pairs.map((pair) => [JSON.stringify(pair), pair]))
  return [...distinct.values()]
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join(''))
    .join('')
}

/** By UTF-16 code units, as JavaScript sorts texts. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
