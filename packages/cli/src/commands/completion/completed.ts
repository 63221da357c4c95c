import { type Command, type CommandGroup, isGroup } from '../../command/command.ts'
import type { Language } from '../../command/language.ts'
import { type Completion, toFlag } from '../../command/specs.ts'
import { optionText } from '../../help/option-text.ts'

/** An option, as a shell completes it. */
export interface CompletedOption {
  /** Such as `--secret-env`. */
  readonly flag: string
  readonly text: string
  /** Whether a value follows. */
  readonly takesValue: boolean
  /** The words that its value may be. */
  readonly choices: readonly string[]
  readonly complete: Completion | undefined
}

/** A command, as a shell completes it. */
export interface CompletedCommand {
  /** Such as `['inbox', 'list']`. */
  readonly path: readonly string[]
  readonly summary: string
  /** The names of the commands below it. */
  readonly below: readonly string[]
  /** What its first argument completes. */
  readonly argument: Completion | undefined
  readonly options: readonly CompletedOption[]
}

/** What a shell completes, from the data of all commands. */
export function toCompleted(
  commands: readonly (Command | CommandGroup)[],
  language: Language,
  above: readonly string[] = [],
): CompletedCommand[] {
  return commands.flatMap((command) => {
    const path = [...above, command.name]
    const { summary } = command.texts[language]
    if (isGroup(command)) {
      const below = command.commands.map(({ name }) => name)
      const own = { path, summary, below, argument: undefined, options: [] }
      return [own, ...toCompleted(command.commands, language, path)]
    }
    const argument = Object.values(command.arguments ?? {})[0]?.complete
    return [{ path, summary, below: [], argument, options: optionsOf(command, language) }]
  })
}

function optionsOf({ options = {}, texts }: Command, language: Language): CompletedOption[] {
  const own = Object.entries(options).map(([name, spec]) => ({
    flag: toFlag(name),
    text: optionText(texts, language, name),
    takesValue: spec.kind !== 'flag',
    choices: spec.kind === 'choice' ? spec.choices : [],
    complete: 'complete' in spec ? spec.complete : undefined,
  }))
  const none = { text: '', choices: [], complete: undefined }
  return [
    ...own,
    { ...none, flag: '--json', takesValue: false },
    { ...none, flag: '--lang', takesValue: true, choices: ['en', 'es'] },
    { ...none, flag: '--help', takesValue: false },
  ]
}
