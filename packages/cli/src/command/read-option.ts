import { usageError } from './cli-error.ts'
import type { Context } from './context.ts'
import { type OptionSpec, toFlag } from './specs.ts'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * The value of an option, from what stands on the command line.
 * @throws CliError when it is not of its kind
 */
export function readOption(
  { texts }: Pick<Context, 'texts'>,
  name: string,
  spec: OptionSpec,
  given: unknown,
): unknown {
  if (spec.kind === 'flag') return given === true
  if (spec.kind === 'list') return Array.isArray(given) ? given.map(String) : []
  if (given === undefined) return 'default' in spec ? spec.default : undefined
  const text = String(given)
  const value = parse(spec, text)
  if (value !== undefined) return value
  throw usageError(texts.badValue(toFlag(name), text), remedyOf(texts, spec))
}

type Parsed = Exclude<OptionSpec, { readonly kind: 'flag' | 'list' }>

function parse(spec: Parsed, text: string): unknown {
  switch (spec.kind) {
    case 'text':
      return text === '' ? undefined : text
    case 'choice':
      return spec.choices.includes(text) ? text : undefined
    case 'number':
      return parseNumber(spec, text)
    case 'duration':
      return parseDuration(text)
    case 'url':
      return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined
    case 'time':
      return parseMoment(text) ?? (spec.orAgo && parseAgo(text))
  }
}

function remedyOf(texts: Context['texts'], spec: Parsed): string {
  switch (spec.kind) {
    case 'text':
      return texts.needs.text
    case 'choice':
      return texts.needs.choice(spec.choices.join(', '))
    case 'number':
      return texts.needs.number(spec.min ?? 0, spec.max)
    case 'duration':
      return texts.needs.duration
    case 'url':
      return texts.needs.url
    case 'time':
      return spec.orAgo ? texts.needs.timeOrAgo : texts.needs.time
  }
}

function parseNumber(
  { min = 0, max = Number.MAX_SAFE_INTEGER, fraction = false }: Extract<OptionSpec, { kind: 'number' }>,
  text: string,
): number | undefined {
  if (!(fraction ? /^\d+(?:\.\d+)?$/ : /^\d+$/).test(text)) return undefined
  const value = Number(text)
  return value >= min && value <= max ? value : undefined
}

/** Milliseconds of `35s`, `500ms`, `2m`, `1h`, `7d`, or of a plain number of seconds. */
function parseDuration(text: string): number | undefined {
  const [, digits, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * units[unit as keyof typeof units]
}

/** So long ago. */
function parseAgo(text: string): Date | undefined {
  const span = parseDuration(text)
  return span === undefined ? undefined : new Date(Date.now() - span)
}

/** RFC 3339, a date, or Unix seconds. */
export function parseMoment(text: string): Date | undefined {
  const isUnix = /^\d{9,11}$/.test(text)
  if (
    !isUnix &&
    !/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/i.test(text)
  )
    return undefined
  const date = new Date(isUnix ? Number(text) * 1_000 : text)
  return Number.isNaN(date.getTime()) ? undefined : date
}
