/** The wait in milliseconds before asking again for a copy that is in flight elsewhere: 25, doubling to 200. */
export function pollMs(turn: number): number {
  return Math.min(200, 25 * 2 ** Math.min(turn, 3))
}
