import { usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { texts } from './texts.ts'

/** Where an inbox is. */
export interface Location {
  readonly kind: 'sqlite' | 'postgres' | 'bullmq'
  /** The path of a file, or the address of a Postgres or Redis. */
  readonly where: string
  /** The same for messages: without a password. */
  readonly shown: string
  /** Options of the inbox, by name. */
  readonly options: Readonly<Record<string, string | number>>
  /** How another command names it, ready for the shell. */
  readonly argument: string
}

/** The options of an inbox that another process must know. */
const known = {
  sqlite: { maxDeliveries: 'number' },
  postgres: { schema: 'text', maxDeliveries: 'number' },
  bullmq: { name: 'text', prefix: 'text', maxDeliveries: 'number' },
} as const

/**
 * The inbox that `--inbox` or the environment's INBOX names, as the examples have it.
 * @throws CliError when it names none
 */
export function toLocation(
  context: Context,
  { inbox, option }: { readonly inbox: string | undefined; readonly option: readonly string[] },
): Location {
  const { env, language } = context
  const { location } = texts[language]
  const given = inbox ?? env['INBOX']
  if (!given) throw usageError(location.missing, location.remedy)
  if (given === 'memory') throw usageError(location.memory, location.remedy)
  const { kind, where } = toPlace(given) ?? {}
  if (kind === undefined || where === undefined)
    throw usageError(location.unknown(redactUnknown(given)), location.remedy)
  const own = option.flatMap((each) => ['--option', each])
  const named = inbox === undefined ? [] : ['--inbox', inbox]
  const isSecret = redactAddress(given) !== given
  const words = [...named, ...own].map(quote)
  return {
    kind,
    where,
    shown: redactAddress(where),
    options: toOptions(context, kind, option),
    // A password is not printed: the user has it at hand.
    argument:
      isSecret && named.length > 0 ? ['--inbox "$INBOX"', ...own.map(quote)].join(' ') : words.join(' '),
  }
}

function toPlace(given: string): Pick<Location, 'kind' | 'where'> | undefined {
  // The address of a Postgres says by itself what it is.
  const [, url] = /^(?:postgres:)?(postgres(?:ql)?:\/\/.+)$/s.exec(given) ?? []
  if (url !== undefined) return { kind: 'postgres', where: url }
  const [, kind, where] = /^(sqlite|bullmq):(.+)$/s.exec(given) ?? []
  if ((kind !== 'sqlite' && kind !== 'bullmq') || where === undefined) return undefined
  return { kind, where }
}

function toOptions(
  { language, texts: shared }: Context,
  kind: Location['kind'],
  given: readonly string[],
): Record<string, string | number> {
  const kinds: Readonly<Record<string, 'text' | 'number'>> = known[kind]
  const { location } = texts[language]
  return Object.fromEntries(
    given.map((each) => {
      const [, name = '', value = ''] = /^(\w+)=(.+)$/s.exec(each) ?? []
      if (name === '') throw usageError(shared.providers.optionGrammar(each))
      if (!Object.hasOwn(kinds, name))
        throw usageError(
          location.optionUnknown(name),
          shared.providers.optionsKnown(Object.keys(kinds).join(', ')),
        )
      // What is no number is NaN, which the inbox refuses with a remedy.
      return [name, kinds[name] === 'number' ? Number(value) : value]
    }),
  )
}

/** Text without the passwords of the addresses in it. */
export function redact(text: string): string {
  return text.split(/(\s)/).map(redactAddress).join('')
}

/** An address without its password, which may have any character: the last @ ends it. */
function redactAddress(address: string): string {
  const word = address.replace(/([?&](?:ssl|sentinel)?password=)[^&\s]*/gi, '$1***')
  const from = word.indexOf('://')
  const to = word.lastIndexOf('@')
  if (from < 0 || to < from) return word
  const colon = word.indexOf(':', from + 3)
  return colon < 0 || colon > to ? word : `${word.slice(0, colon + 1)}***${word.slice(to)}`
}

/** What names no inbox may be an address with a slip in it. */
function redactUnknown(given: string): string {
  if (given.includes('://')) return redactAddress(given)
  const [colon, to] = [given.indexOf(':'), given.lastIndexOf('@')]
  return redactAddress(colon < 0 || to < colon ? given : `${given.slice(0, colon + 1)}***${given.slice(to)}`)
}

/** A word as a shell takes it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
