/** How many of each a test makes: all in `pnpm full`, which sets this; a part, with other seeds each time, in `pnpm test`. */
const isFull = process.env['ACUSE_FULL'] === '1'

/** A number for every run of the tests, and the larger one of `pnpm full`. */
export function fewOrAll(few: number, all: number): number {
  return isFull ? all : few
}
