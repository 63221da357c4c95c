/** What all commands share, in English. */
export const en = {
  warning: 'warning',
  error: 'error',
  usage: 'Usage',
  commands: 'Commands',
  argumentsTitle: 'Arguments',
  options: 'Options',
  globalOptions: 'Every command',
  examples: 'Examples',
  exitCodesTitle: 'Exit codes',
  description: 'Description',
  name: 'Name',
  summary: 'Webhooks at the command line: see them, send them, and learn why one was refused.',
  more: (command: string): string => `'acuse ${command} --help' tells more of a command.`,
  byDefault: (value: string): string => `default ${value}`,
  madeBy: 'Made by `pnpm --filter @acuse/cli pages` from the source of the command.',
  globals: {
    json: 'answer as JSON; streams as one JSON document a line',
    lang: 'the language: en or es (default: the locale)',
    help: 'this help',
    version: 'the version',
  },
  exitCodes: {
    ok: 'all is well',
    no: 'the answer is no: refused, not delivered, faults found, nothing matched',
    usage: 'wrong use: an unknown option, a missing secret, a file that is not what it should be',
    unreachable: 'something could not be reached: an endpoint, a store, a file',
    fault: 'a fault of acuse itself',
    interrupted: 'interrupted',
  },
  badValue: (option: string, value: string): string => `${option} cannot be '${value}'.`,
  needs: {
    text: 'Give it a text.',
    choice: (choices: string): string => `Give one of: ${choices}.`,
    number: (min: number, max: number | undefined): string =>
      max === undefined ? `Give a number from ${min} on.` : `Give a number from ${min} to ${max}.`,
    duration: 'Give a time such as 500ms, 35s, 2m, 1h or 7d.',
    url: 'Give an address that begins with http:// or https://.',
    time: 'Give a time such as 2026-11-27T12:00:00Z, or Unix seconds.',
    timeOrAgo: 'Give a time such as 2026-11-27T12:00:00Z, Unix seconds, or a span such as 2h: so long ago.',
  },
  parsing: {
    unknownOption: (option: string): string => `There is no option ${option}.`,
    unknownCommand: (command: string): string => `There is no command '${command}'.`,
    missingArgument: (argument: string): string => `The argument <${argument}> is missing.`,
    missingValue: (option: string): string => `The option ${option} needs a value.`,
    excessArguments: 'There are more arguments than the command takes.',
    other: (message: string): string => message,
    seeHelp: (command: string): string => `See 'acuse ${command}--help'.`,
  },
  didYouMean: (names: string): string => `Did you mean ${names}?`,
  internal: (message: string): string => `acuse has a fault: ${message}`,
  internalRemedy: 'Please report it. With ACUSE_DEBUG=1 the stack is shown.',
  interrupted: 'interrupted',
  secrets: {
    onCommandLine:
      '--secret stands in the history of your shell and in the list of processes. Use --secret-env or --secret-file.',
    missing: (provider: string, variable: string): string =>
      `The secret of ${provider} is missing: the environment variable ${variable} is not set.`,
    missingRemedy: 'Set it, or name another one with --secret-env, or give a file with --secret-file.',
    emptyFile: (path: string): string => `The file ${path} is empty.`,
    several: (names: string): string =>
      `Several providers are given: say whose secret it is, such as --secret-env ${names}=NAME.`,
    kinds: {
      secret: 'secret',
      'public-key': 'public key (PEM) to receive, private key (PEM) to send',
      identifier: 'identifier to receive, private key (PEM) to send',
    },
  },
  files: {
    notFound: (path: string): string => `The file ${path} does not exist.`,
    unreadable: (path: string, why: string): string => `The file ${path} cannot be read: ${why}.`,
    tooLarge: (path: string, megabytes: number): string => `${path} is larger than ${megabytes} MB.`,
    standardInput: 'standard input',
  },
  providers: {
    unknown: (name: string): string => `There is no provider '${name}'.`,
    unknownRemedy: "'acuse providers' lists them; give a provider of your own as ./acme.js#acme.",
    optionMissing: (provider: string, option: string, example: string): string =>
      `${provider} needs --option ${option}=${example}.`,
    optionUnknown: (provider: string, option: string): string => `${provider} has no option '${option}'.`,
    optionsKnown: (names: string): string => (names === '' ? 'It has none.' : `It has: ${names}.`),
    optionGrammar: (given: string): string => `--option ${given} is not written as name=value.`,
    refused: (provider: string, why: string): string => `${provider} cannot be made: ${why}`,
    notLoaded: (path: string, why: string): string => `${path} cannot be loaded: ${why}`,
    noExport: (path: string, name: string): string => `${path} exports no '${name}'.`,
    exports: (names: string): string => `It exports: ${names}.`,
    notAProvider: (name: string): string =>
      `'${name}' is neither a provider (what defineProvider answers) nor a function of the secret that answers one.`,
  },
}

/** The texts that all commands share. */
export type SharedTexts = typeof en
