/** A positional argument. */
export interface ArgumentSpec {
  /** Default: it may be left out. */
  readonly required?: boolean
  /** Takes all that follow: the value is a list. Only the last may. */
  readonly variadic?: boolean
  /** What the shell completes. */
  readonly complete?: Completion
}

/** What the shell completes for a value. */
export type Completion = 'file' | 'provider'

interface SpecOf<Kind extends string> {
  readonly kind: Kind
  /** How its value is called in help, such as `FILE`. Default: by its kind. */
  readonly value?: string
  /** What the shell completes. */
  readonly complete?: Completion
}

/** `--dry-run`: true where it is given, else false. */
interface FlagSpec {
  readonly kind: 'flag'
}

/** Text. */
export interface TextSpec extends SpecOf<'text'> {
  readonly default?: string
}

/** Text that may be given several times: a list. */
interface ListSpec extends SpecOf<'list'> {}

/** A number within bounds. */
interface NumberSpec extends SpecOf<'number'> {
  /** Default 0. */
  readonly min?: number
  /** Default: none. */
  readonly max?: number
  /** Whether it may have a fraction. Default: it may not. */
  readonly fraction?: boolean
  readonly default?: number
}

/** A time span such as `35s`, `500ms`, `2m`, `1h` or `7d`: milliseconds. */
export interface DurationSpec extends SpecOf<'duration'> {
  readonly default?: number
}

/** One of some words. */
export interface ChoiceSpec extends SpecOf<'choice'> {
  readonly choices: readonly string[]
  readonly default?: string
}

/** Where to: an http or https address, as text. */
interface UrlSpec extends SpecOf<'url'> {
  readonly default?: string
}

/** A moment: RFC 3339 or Unix seconds. */
export interface TimeSpec extends SpecOf<'time'> {
  /** Takes a time span, too: so long ago. Default: it does not. */
  readonly orAgo?: true
}

/** An option as data. */
export type OptionSpec =
  | FlagSpec
  | TextSpec
  | ListSpec
  | NumberSpec
  | DurationSpec
  | ChoiceSpec
  | UrlSpec
  | TimeSpec

/** The value of an option. */
export type ValueOfOption<Spec> = Spec extends { readonly kind: 'flag' }
  ? boolean
  : Spec extends { readonly kind: 'list' }
    ? readonly string[]
    : Spec extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice | NoDefault<Spec>
      : Spec extends { readonly kind: 'number' | 'duration' }
        ? number | NoDefault<Spec>
        : Spec extends { readonly kind: 'time' }
          ? Date | undefined
          : string | NoDefault<Spec>

type NoDefault<Spec> = Spec extends { readonly default: string | number } ? never : undefined

/** The value of an argument. */
export type ValueOfArgument<Spec> = Spec extends { readonly variadic: true }
  ? readonly string[]
  : Spec extends { readonly required: true }
    ? string
    : string | undefined

/** An option's name on the command line: `secretEnv` is `--secret-env`. */
export function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** An option's name and its value, as help shows them; `undefined`: it takes none. */
export function valueName(spec: OptionSpec): string | undefined {
  if (spec.kind === 'flag') return undefined
  if (spec.value !== undefined) return spec.value
  if (spec.kind === 'choice') return spec.choices.join('|')
  const byKind = {
    text: 'TEXT',
    list: 'TEXT',
    number: 'N',
    duration: 'TIME',
    url: 'URL',
    time: 'TIME',
  } as const
  return byKind[spec.kind]
}

/** Whether it may be given several times. */
export function isRepeatable(spec: OptionSpec): boolean {
  return spec.kind === 'list'
}
