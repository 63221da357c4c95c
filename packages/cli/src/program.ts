import { Command as Commander, CommanderError } from 'commander'
import { CliError, messageOf, usageError } from './command/cli-error.ts'
import { type AnyCall, type Command, type CommandGroup, isGroup } from './command/command.ts'
import { type Context, toContext, type World } from './command/context.ts'
import { type ExitCode, exitCodes } from './command/exit-code.ts'
import { isLanguage } from './command/language.ts'
import { printJson, printLine, writeLine } from './command/print.ts'
import { readOption } from './command/read-option.ts'
import { type ArgumentSpec, isRepeatable, toFlag, valueName } from './command/specs.ts'
import { commands as allCommands } from './commands/index.ts'
import { type Help, helpOf, mainHelp } from './help/help-of.ts'
import { toScreen } from './help/screen.ts'
import { nearNames } from './texts/near-names.ts'
import { version } from './version.ts'

/** A call that was parsed and not run yet. */
type Parsed = (context: Context) => Promise<ExitCode>

/**
 * Runs `acuse` with these arguments, and gives its exit code. It never rejects: what goes wrong is told on stderr, and with
 * `--json` on stdout as `{ kind: 'error', … }` too.
 */
export async function runAcuse(
  args: readonly string[],
  world: World,
  commands: readonly (Command | CommandGroup)[] = allCommands,
): Promise<ExitCode> {
  const context = toContext(world, args)
  try {
    checkLanguage(context, args)
    return await parse(args, context, commands)(context)
  } catch (error) {
    if (context.signal.aborted && !(error instanceof CliError)) {
      writeLine(context.stderr, `acuse: ${context.texts.interrupted}`)
      return exitCodes.interrupted
    }
    return tellFailure(context, error)
  }
}

/** It was looked for before anything else, and may be no language. */
function checkLanguage({ texts }: Context, args: readonly string[]): void {
  const at = args.indexOf('--lang')
  const given = at === -1 ? args.find((arg) => arg.startsWith('--lang='))?.slice(7) : args[at + 1]
  if (given !== undefined && !isLanguage(given))
    throw usageError(texts.badValue('--lang', given), texts.needs.choice('en, es'))
}

function tellFailure(context: Context, error: unknown): ExitCode {
  const { texts, stderr, env } = context
  const isKnown = error instanceof CliError
  const message = isKnown ? error.message : texts.internal(messageOf(error))
  const remedy = isKnown ? error.remedy : texts.internalRemedy
  const exitCode = isKnown ? error.exitCode : exitCodes.fault
  writeLine(stderr, `acuse: ${message}`)
  if (remedy) writeLine(stderr, `  ${remedy}`)
  if (!isKnown && env['ACUSE_DEBUG'] && error instanceof Error) writeLine(stderr, String(error.stack))
  if (context.json) printJson(context, { kind: 'error', exitCode, message, remedy })
  return exitCode
}

/** @throws CliError when the arguments are not as the command takes them */
function parse(
  args: readonly string[],
  context: Context,
  commands: readonly (Command | CommandGroup)[],
): Parsed {
  let parsed: Parsed = async (of) => showHelp(of, mainHelp(commands, of.language), exitCodes.usage)
  const whenParsed = (call: Parsed): void => {
    parsed = call
  }
  const program = prepare(new Commander('acuse'))
    .option('--version')
    .enablePositionalOptions()
    .allowExcessArguments()
  program.action((options: { readonly version?: boolean }) => {
    if (options.version) whenParsed(async (of) => showVersion(of))
    else if (program.args.length > 0) throw unknownCommand(context, program.args, commands, [])
  })
  whenHelped(program, (of) => mainHelp(commands, of.language), whenParsed)
  for (const command of commands) addCommand(program, [], command, context, whenParsed)
  try {
    program.parse([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof HelpAsked) return parsed
    if (error instanceof CommanderError) throw translate(context, error, args, commands)
    throw error
  }
  return parsed
}

/** Options that every command has; what goes wrong is thrown, and told by nobody but us. */
function prepare(commander: Commander): Commander {
  return commander
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .option('--json')
    .option('--lang <language>')
    .option('-h, --help')
    .showSuggestionAfterError(false)
}

class HelpAsked extends Error {}

/** Help is asked for before anything is missed: an argument that is required, or an option's value. */
function whenHelped(commander: Commander, toHelp: (of: Context) => Help, whenParsed: (call: Parsed) => void) {
  commander.on('option:help', () => {
    whenParsed(async (of) => showHelp(of, toHelp(of), exitCodes.ok))
    throw new HelpAsked()
  })
}

function addCommand(
  parent: Commander,
  above: readonly string[],
  command: Command | CommandGroup,
  context: Context,
  whenParsed: (call: Parsed) => void,
): void {
  const path = [...above, command.name]
  const commander = prepare(parent.command(command.name))
  whenHelped(commander, (of) => helpOf(path, command, of.language), whenParsed)
  if (isGroup(command)) {
    for (const each of command.commands) addCommand(commander, path, each, context, whenParsed)
    commander
      .enablePositionalOptions()
      .allowExcessArguments()
      .action(() => {
        if (commander.args.length > 0) throw unknownCommand(context, commander.args, command.commands, path)
        whenParsed(async (of) => showHelp(of, helpOf(path, command, of.language), exitCodes.usage))
      })
    return
  }
  for (const [name, spec] of Object.entries(command.arguments ?? {}))
    commander.argument(toArgument(name, spec))
  for (const [name, spec] of Object.entries(command.options ?? {})) {
    const value = valueName(spec)
    const flags = value === undefined ? toFlag(name) : `${toFlag(name)} <value>`
    if (isRepeatable(spec)) commander.option(flags, '', append, [])
    else commander.option(flags)
  }
  commander.action(() => {
    const call = toCall(context, command, commander)
    whenParsed((of) => command.run(of, call))
  })
}

function append(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

function toArgument(name: string, { required, variadic }: ArgumentSpec): string {
  const shown = variadic ? `${name}...` : name
  return required ? `<${shown}>` : `[${shown}]`
}

function toCall(context: Context, command: Command, commander: Commander): AnyCall {
  const given: Readonly<Record<string, unknown>> = commander.opts()
  const names = Object.entries(command.arguments ?? {})
  return {
    arguments: Object.fromEntries(
      names.map(([name, spec], at) => [
        name,
        commander.processedArgs[at] ?? (spec.variadic ? [] : undefined),
      ]),
    ),
    options: Object.fromEntries(
      Object.entries(command.options ?? {}).map(([name, spec]) => [
        name,
        readOption(context, name, spec, given[name]),
      ]),
    ),
  }
}

function showHelp(context: Context, help: Help, exitCode: ExitCode): ExitCode {
  const { texts: _, ...data } = help
  if (context.json) printJson(context, data)
  else context.stdout.write(toScreen(help))
  return exitCode
}

function showVersion(context: Context): ExitCode {
  if (context.json) printJson(context, { version })
  else printLine(context, version)
  return exitCodes.ok
}

function unknownCommand(
  { texts }: Context,
  [name = '']: readonly string[],
  commands: readonly (Command | CommandGroup)[],
  path: readonly string[],
): CliError {
  const near = nearNames(
    texts,
    name,
    commands.map((each) => each.name),
  )
  return usageError(texts.parsing.unknownCommand([...path, name].join(' ')), near ?? seeHelp(texts, path))
}

function seeHelp(texts: Context['texts'], path: readonly string[]): string {
  return texts.parsing.seeHelp(path.map((each) => `${each} `).join(''))
}

/** What commander says, in the user's language: the name at fault stands in quotation marks. */
function translate(
  { texts }: Context,
  { code, message }: CommanderError,
  args: readonly string[],
  commands: readonly (Command | CommandGroup)[],
): CliError {
  const name = /'([^']*)'/.exec(message)?.[1] ?? ''
  const flag = /(--[\w-]+)/.exec(name)?.[1] ?? name
  const { path, command } = findCommand(args, commands)
  const help = seeHelp(texts, path)
  const { parsing } = texts
  switch (code) {
    case 'commander.unknownOption': {
      const known = command && !isGroup(command) ? Object.keys(command.options ?? {}).map(toFlag) : []
      return usageError(
        parsing.unknownOption(name),
        nearNames(texts, name, [...known, '--json', '--lang']) ?? help,
      )
    }
    case 'commander.missingArgument':
      return usageError(parsing.missingArgument(name), help)
    case 'commander.optionMissingArgument':
      return usageError(parsing.missingValue(flag), help)
    case 'commander.excessArguments':
      return usageError(parsing.excessArguments, help)
    default:
      return usageError(parsing.other(message), help)
  }
}

/** The command that arguments name, as far as they do. */
function findCommand(
  args: readonly string[],
  commands: readonly (Command | CommandGroup)[],
): { readonly path: readonly string[]; readonly command?: Command | CommandGroup } {
  const [first, ...rest] = args.filter((arg) => !arg.startsWith('-'))
  const command = commands.find(({ name }) => name === first)
  if (command === undefined) return { path: [] }
  const below = isGroup(command) ? findCommand(rest, command.commands) : { path: [] }
  return { command, ...below, path: [command.name, ...below.path] }
}
