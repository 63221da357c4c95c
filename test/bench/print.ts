import { type Figure, median, quantile, readerOf, type Unit } from './figures.ts'

/** The candidates that others of their group are compared with, the first of them that is there. */
const floors = [
  'floor',
  'floor, forged',
  'schema and handler',
  'verify',
  'by hand',
  'bare',
  '404',
  'bare append',
  'bare BullMQ',
]

const digits: Partial<Record<Unit, number>> = { ns: 0, 'per second': 0, bytes: 0, events: 0 }

/** A line for each figure: median, p99 of its rounds, N, and the ratio to its group's floor with its quartiles. */
export function printFigures(figures: readonly Figure[]): void {
  const reader = readerOf({ figures, leftOut: [] })
  for (const { id, unit, samples, n, disturbed } of figures) {
    if (id.endsWith(':cpu')) continue
    const places = digits[unit] ?? 2
    const group = id.slice(0, id.lastIndexOf('/'))
    const floor = floors.map((name) => `${group}/${name}`).find((each) => reader.figure(each))
    const ratio = floor === undefined || floor === id ? undefined : reader.ratio(id, floor)
    const cells = [
      id.padEnd(58),
      `${median(samples).toFixed(places)} ${unit}`.padStart(18),
      `p99 ${quantile(samples, 0.99).toFixed(places)}`.padStart(16),
      `N ${n}`.padStart(11),
      ratio ? `x ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})` : '',
      disturbed ? 'DISTURBED' : '',
    ]
    console.log(cells.join('  ').trimEnd())
  }
}
