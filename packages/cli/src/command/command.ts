import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import type { Translated } from './language.ts'
import type { ArgumentSpec, OptionSpec, ValueOfArgument, ValueOfOption } from './specs.ts'

/** The texts of a command's help: `options` and `arguments` by their names. */
export interface HelpTexts {
  /** One line, for lists of commands. */
  readonly summary: string
  /** What it does, in paragraphs with an empty line between them: for the page; `--help` shows the first. */
  readonly description: string
  /** One line for each argument. */
  readonly arguments: Readonly<Record<string, string>>
  /** One line for each option. */
  readonly options: Readonly<Record<string, string>>
}

/** A call of a command: its arguments and options, checked, by their names. */
interface Call<Arguments, Options> {
  readonly arguments: { readonly [Name in keyof Arguments]: ValueOfArgument<Arguments[Name]> }
  readonly options: { readonly [Name in keyof Options]: ValueOfOption<Options[Name]> }
}

/** What a command is, as it is written. */
export interface CommandOf<
  Arguments extends Readonly<Record<string, ArgumentSpec>>,
  Options extends Readonly<Record<string, OptionSpec>>,
> {
  /** How it is called, in lower case. */
  readonly name: string
  /** Its help in each language; further texts of the command may stand beside it. */
  readonly texts: Translated<HelpTexts>
  /** In their order. */
  readonly arguments?: Arguments
  /** Beside those that every command has: `--json`, `--lang` and `--help`. Names in camelCase: `secretEnv` is `--secret-env`. */
  readonly options?: Options
  /** How it is called, without `acuse` before it; held by a test to what it takes. */
  readonly examples: readonly string[]
  /** Does it. What it throws as a `CliError` is told without a stack; anything else is a fault of the command. */
  run(context: Context, call: Call<Arguments, Options>): Promise<ExitCode>
}

/** A command that has others below it, such as `acuse inbox list`. */
export interface CommandGroup {
  readonly name: string
  readonly texts: Translated<Pick<HelpTexts, 'summary' | 'description'>>
  readonly commands: readonly Command[]
}

/** A command of any shape: what help, pages and completion are made from. */
export interface Command extends Omit<CommandOf<Specs<ArgumentSpec>, Specs<OptionSpec>>, 'run'> {
  run(context: Context, call: AnyCall): Promise<ExitCode>
}

type Specs<Spec> = Readonly<Record<string, Spec>>

/** A call as the parser gives it; it has the values that the command's own specs say. */
export interface AnyCall {
  readonly arguments: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, unknown>>
}

/** Whether commands stand below it. */
export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return 'commands' in command
}

/**
 * A command whose `run` sees its arguments and options with the types that its specs say.
 */
export function defineCommand<
  const Arguments extends Readonly<Record<string, ArgumentSpec>> = Record<never, never>,
  const Options extends Readonly<Record<string, OptionSpec>> = Record<never, never>,
>(command: CommandOf<Arguments, Options>): Command {
  return {
    ...command,
    // The parser makes the values from these very specs.
    run: (context, call) => command.run(context, call as Call<Arguments, Options>),
  }
}
