/**
 * How a provider writes the time of a delivery. `rfc3339-like`: as Python's `str` and Go's `String` print it, with a
 * blank for the `T`, `+0000`, and the name of a zone after the offset, which counts. `unix-seconds-float`: with a fraction.
 */
export type TimeFormat = (typeof timeFormats)[number]

/** Every format. */
export const timeFormats = [
  'rfc3339',
  'rfc3339-like',
  'unix-seconds',
  'unix-seconds-float',
  'unix-ms',
] as const
