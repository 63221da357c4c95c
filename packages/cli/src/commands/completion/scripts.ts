import type { CompletedCommand, CompletedOption } from './completed.ts'

const made = '# Made by `acuse completion`.'

/** For bash: a function that looks at the words before the cursor. */
export function bashScript(commands: readonly CompletedCommand[], providers: readonly string[]): string {
  const words = toWords(commands, providers)
  return `${made}
_acuse() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${commands.map(({ path }) => `      " ${path.join(' ')}") path=" ${path.join(' ')}" ;;`).join('\n')}
    esac
  done
  case "$path $previous" in
${words.values.map(({ path, flag, words: of }) => `    "${path} ${flag}") ${bashReply(of)}; return ;;`).join('\n')}
  esac
  case "$path" in
${words.next.map(({ path, words: of }) => `    "${path}") ${bashReply(of)} ;;`).join('\n')}
  esac
}
complete -F _acuse acuse
`
}

function bashReply(words: readonly string[] | 'file'): string {
  if (words === 'file') return 'COMPREPLY=($(compgen -f -- "$current"))'
  return `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`
}

/** For zsh: the script of bash, by zsh's own bridge. */
export function zshScript(commands: readonly CompletedCommand[], providers: readonly string[]): string {
  const [, ...rest] = bashScript(commands, providers).split('\n')
  return ['#compdef acuse', made, 'autoload -U +X bashcompinit && bashcompinit', ...rest].join('\n')
}

/** For fish: a line for each word, and when it is offered. */
export function fishScript(commands: readonly CompletedCommand[], providers: readonly string[]): string {
  const first = commands.filter(({ path }) => path.length === 1)
  return `${[
    made,
    'complete -c acuse -f',
    ...first.map(
      ({ path, summary }) =>
        `complete -c acuse -n __fish_use_subcommand -a ${path.join(' ')} -d ${quote(summary)}`,
    ),
    ...commands.flatMap((command) => fishLines(command, providers)),
  ].join('\n')}\n`
}

function fishLines(
  { path, below, argument, options }: CompletedCommand,
  providers: readonly string[],
): string[] {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
  const start = `complete -c acuse -n ${quote(seen)}`
  return [
    ...below.map((name) => `${start} -a ${name}`),
    ...(argument === 'provider' ? [`${start} -a ${quote(providers.join(' '))}`] : []),
    ...(argument === 'file' ? [`${start} -F`] : []),
    ...options.map(
      (option) =>
        `${start} -l ${option.flag.slice(2)}${fishValue(option, providers)} -d ${quote(option.text)}`,
    ),
  ]
}

function fishValue(option: CompletedOption, providers: readonly string[]): string {
  if (!option.takesValue) return ''
  const words = valuesOf(option, providers)
  if (words === 'file') return ' -r -F'
  return words.length === 0 ? ' -x' : ` -x -a ${quote(words.join(' '))}`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** The words that may stand after each command, and after each option that takes a value. */
function toWords(commands: readonly CompletedCommand[], providers: readonly string[]) {
  const first = commands.filter(({ path }) => path.length === 1).map(({ path }) => path.join(' '))
  return {
    next: [
      { path: '', words: [...first, '--help', '--version'] },
      ...commands.map(({ path, below, options, argument }) => ({
        path: ` ${path.join(' ')}`,
        words: [...below, ...(argument === 'provider' ? providers : []), ...options.map(({ flag }) => flag)],
      })),
    ],
    values: commands.flatMap(({ path, options }) =>
      options.flatMap((option) => {
        const words = option.takesValue ? valuesOf(option, providers) : []
        return words.length === 0 ? [] : [{ path: ` ${path.join(' ')}`, flag: option.flag, words }]
      }),
    ),
  }
}

function valuesOf({ complete, choices }: CompletedOption, providers: readonly string[]) {
  if (complete === 'file') return 'file' as const
  return complete === 'provider' ? providers : choices
}
