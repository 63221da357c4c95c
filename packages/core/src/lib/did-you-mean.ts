const mostShown = 3

/**
 * The end of an error message for a name that nobody knows, with a blank before it: the known names that differ in a few
 * letters, or whose last part it is. Empty where none is near.
 * @example
 * import { didYouMean } from '@acuse/core/inbox-kit'
 *
 * export const end = didYouMean('bhe.emitda', ['bhe.emitida', 'bhe.emision_fallida']) // Did you mean 'bhe.emitida'?
 */
export function didYouMean(name: string, known: readonly string[]): string {
  const most = Math.min(3, Math.max(1, Math.floor(name.length / 4)))
  // Lengths first: they differ by no more than the letters do, and a name may be of any length.
  const near = [...new Set(known)]
    .filter((each) => each.endsWith(`.${name}`) || Math.abs(each.length - name.length) <= most)
    .map((each) => ({ each, distance: each.endsWith(`.${name}`) ? 0 : distanceOf(name, each) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, mostShown)
    .map(({ each }) => `'${each}'`)
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

/** How many letters must be put in, left out or replaced (Levenshtein), whatever their case. */
function distanceOf(from: string, to: string): number {
  const target = [...to.toLowerCase()]
  let row = [0, ...target.map((_, at) => at + 1)]
  let distance = target.length
  for (const [index, letter] of [...from.toLowerCase()].entries()) {
    let diagonal = index
    let left = index + 1
    const next = [left]
    for (const [at, above] of row.slice(1).entries()) {
      left = Math.min(above + 1, left + 1, diagonal + (letter === target[at] ? 0 : 1))
      diagonal = above
      next.push(left)
    }
    row = next
    distance = left
  }
  return distance
}
