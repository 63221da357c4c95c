/**
 * How a provider writes the time of a delivery. `rfc3339-like`: as Python's `str` and Go's `String` print it, with a
 * blank for the `T`, and `+0000` or a name after the offset. `unix-seconds-float`: with a fraction.
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
