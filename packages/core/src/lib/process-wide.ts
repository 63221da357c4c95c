const place = Symbol.for('acuse.process-wide')

/**
 * What there is one of in a process, however many copies of this package it has: one that was imported and one that was required,
 * or two versions.
 * @param name what it is, and a number that another version changes when it keeps something else there
 */
export function processWide<Kept extends object>(name: `${string}/${number}`, make: () => Kept): Kept {
  const kept = keptOf()
  const found = kept.get(name) as Kept | undefined
  if (found) return found
  const made = make()
  kept.set(name, made)
  return made
}

function keptOf(): Map<string, object> {
  const holder = globalThis as { [place]?: Map<string, object> }
  // Not enumerable: some of it stands for keys, and nothing that prints the globals shows it.
  if (!holder[place])
    Object.defineProperty(holder, place, { value: new Map(), configurable: true, writable: true })
  return holder[place] as Map<string, object>
}
