import { toColumns } from '../command/print.ts'
import type { Entry, Help } from './help-of.ts'

const rows = 24

/**
 * The help as `--help` prints it: it fits a screen of 24 lines by 80 columns, which a test holds. Where there is much to say of
 * options, less is said before and after them; the page says it all.
 */
export function toScreen(help: Help): string {
  const description = wrap(help.description[0] ?? help.summary, 80)
  const example = help.examples[0] === undefined ? [] : [`${help.texts.examples}:`, `  ${help.examples[0]}`]
  const spaced = example.length === 0 ? [] : ['', ...example]
  const forms = [
    [description, spaced],
    [wrap(help.summary, 80), spaced],
    [wrap(help.summary, 80), example],
    [wrap(help.summary, 80), []],
  ] as const
  const screens = forms.map(([first, last]) => toLines(help, first, last))
  const lines = screens.find(({ length }) => length <= rows) ?? screens.at(-1) ?? []
  return `${lines.join('\n')}\n`
}

function toLines(help: Help, description: readonly string[], example: readonly string[]): string[] {
  const { texts, usage, commands, options, globals } = help
  return [
    `${texts.usage}: ${usage}`,
    '',
    ...description,
    ...section(texts.commands, commands),
    ...section(texts.argumentsTitle, help.arguments),
    ...section(texts.options, options),
    ...(options.length > 0 ? [shortGlobals(help)] : section(texts.globalOptions, globals)),
    ...example,
    ...(commands.length > 0
      ? ['', texts.more(help.title === 'acuse' ? '…' : `${help.title.slice(6)} …`)]
      : []),
  ]
}

function section(title: string, entries: readonly Entry[]): string[] {
  return entries.length === 0 ? [] : ['', `${title}:`, ...toColumns(entries, '  ')]
}

/** One line says them all, where a command has options of its own. */
function shortGlobals({ globals, texts }: Help): string {
  return `${texts.globalOptions}: ${globals.map(([name]) => name).join(', ')}`
}

/** Text in lines of at most so many columns. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
