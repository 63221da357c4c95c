const place = Symbol.for('acuse.process-wide')

/**
 * What there is one of in a process, however many copies of this package it has: one that was imported and one that was required,
 * or two versions.
 * @param name what it is, and a number that another version changes when it keeps something else there
 */
export function processWide<Kept extends object>(name: `${string}/${number}`, make: () => Kept): Kept {
  const holder = globalThis as { [place]?: Map<string, object> }
  holder[place] ??= new Map()
  const found = holder[place].get(name) as Kept | undefined
  if (found) return found
  const made = make()
  holder[place].set(name, made)
  return made
}
