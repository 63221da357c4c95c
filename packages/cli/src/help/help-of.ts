import { type Command, type CommandGroup, isGroup } from '../command/command.ts'
import { exitCodes } from '../command/exit-code.ts'
import type { Language } from '../command/language.ts'
import { isRepeatable, type OptionSpec, toFlag, valueName } from '../command/specs.ts'
import type { SharedTexts } from '../texts/en.ts'
import { texts } from '../texts/index.ts'
import { optionText } from './option-text.ts'

/** A name, and what is said of it. */
export type Entry = readonly [name: string, text: string]

/** The help of one command, from its data: `--help`, the page and the man page print the same. */
export interface Help {
  /** As it is called, such as `acuse inbox list`. */
  readonly title: string
  readonly summary: string
  readonly usage: string
  readonly description: readonly string[]
  readonly commands: readonly Entry[]
  readonly arguments: readonly Entry[]
  readonly options: readonly Entry[]
  readonly globals: readonly Entry[]
  readonly examples: readonly string[]
  readonly exitCodes: readonly Entry[]
  readonly texts: SharedTexts
}

/** The help of a command. */
export function helpOf(path: readonly string[], command: Command | CommandGroup, language: Language): Help {
  const title = ['acuse', ...path].join(' ')
  const { summary, description: paragraphs } = command.texts[language]
  const description = paragraphs.split('\n\n')
  const shared = texts[language]
  const base = { title, summary, description, ...sharedHelp(shared) }
  if (isGroup(command))
    return { ...base, usage: `${title} <command>`, commands: listOf(command.commands, language), ...nothing }
  const own = command.texts[language]
  const options = Object.entries(command.options ?? {})
  return {
    ...base,
    usage: [title, ...Object.entries(command.arguments ?? {}).map(toUsage), '[options]'].join(' '),
    commands: [],
    arguments: Object.keys(command.arguments ?? {}).map((name) => [name, own.arguments[name] ?? '']),
    options: options.map(([name, spec]) => [
      toOptionName(name, spec),
      toOptionText(optionText(command.texts, language, name), spec, shared),
    ]),
    examples: command.examples.map((example) => `acuse ${example}`),
  }
}

/** The help of `acuse` itself. */
export function mainHelp(commands: readonly (Command | CommandGroup)[], language: Language): Help {
  const shared = texts[language]
  return {
    title: 'acuse',
    summary: shared.summary,
    usage: 'acuse <command> [options]',
    description: [shared.summary],
    commands: listOf(commands, language),
    ...nothing,
    ...sharedHelp(shared),
    globals: [...sharedHelp(shared).globals, ['--version', shared.globals.version]],
  }
}

const nothing = { arguments: [], options: [], examples: [] }

function listOf(commands: readonly (Command | CommandGroup)[], language: Language): Entry[] {
  return commands.map(({ name, texts: own }) => [name, own[language].summary])
}

function sharedHelp(shared: SharedTexts): Pick<Help, 'globals' | 'exitCodes' | 'texts'> {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[]
  return {
    globals: [
      ['--json', shared.globals.json],
      ['--lang en|es', shared.globals.lang],
      ['--help', shared.globals.help],
    ],
    exitCodes: names.map((name) => [String(exitCodes[name]), shared.exitCodes[name]]),
    texts: shared,
  }
}

function toUsage([name, spec]: readonly [
  string,
  { readonly required?: boolean; readonly variadic?: boolean },
]) {
  const shown = spec.variadic ? `${name}...` : name
  return spec.required ? `<${shown}>` : `[${shown}]`
}

function toOptionName(name: string, spec: OptionSpec): string {
  const value = valueName(spec)
  if (value === undefined) return toFlag(name)
  return `${toFlag(name)} ${value}${isRepeatable(spec) ? '...' : ''}`
}

function toOptionText(text: string, spec: OptionSpec, shared: SharedTexts): string {
  return 'default' in spec && spec.default !== undefined
    ? `${text} (${shared.byDefault(toDefault(spec))})`
    : text
}

function toDefault(spec: OptionSpec): string {
  const value = 'default' in spec ? spec.default : undefined
  if (spec.kind !== 'duration') return String(value)
  return Number(value) % 1_000 === 0 ? `${Number(value) / 1_000}s` : `${value}ms`
}
