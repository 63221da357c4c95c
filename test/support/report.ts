/** One line of the table. */
export interface Row {
  readonly figure: string
  readonly value: string
  readonly goal?: Goal
}

/** The goal of a figure. Missing a hard one is a defect; missing a soft one may be the machine. */
export interface Goal {
  readonly words: string
  readonly met: boolean
  readonly hard: boolean
}

/** A goal that must hold on any machine. */
export function hard(words: string, met: boolean): Goal {
  return { words, met, hard: true }
}

/** A goal of speed. */
export function soft(words: string, met: boolean): Goal {
  return { words, met, hard: false }
}

/** Prints what one campaign came to, with what it was done to. */
export function printRows(subject: string, campaign: string, rows: readonly Row[]): void {
  for (const { figure, value, goal } of rows) {
    const verdict = goal ? (goal.met ? 'met' : 'MISSED') : ''
    const kind = goal ? (goal.hard ? 'hard' : 'soft') : ''
    const cells = [
      subject.padEnd(7),
      campaign.padEnd(19),
      figure.padEnd(50),
      value.padStart(12),
      (goal?.words ?? '').padStart(9),
      kind.padEnd(4),
      verdict,
    ]
    console.log(cells.join('  ').trimEnd())
  }
}

/** The table's head. */
export const tableHead: string = `${'subject'.padEnd(7)}  ${'run'.padEnd(19)}  ${'figure'.padEnd(50)}  ${'value'.padStart(12)}  ${'goal'.padStart(9)}  kind  verdict`

export const milliseconds = (value: number): string => `${value.toFixed(1)} ms`
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** Counts by name, in one cell. */
export function counts(byName: Readonly<Record<string, number>>): string {
  const parts = Object.entries(byName).map(([name, times]) => `${name}: ${times}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}
