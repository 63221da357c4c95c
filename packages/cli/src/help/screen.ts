import { toColumns } from '../command/print.ts'
import type { Entry, Help } from './help-of.ts'

/** The help as `--help` prints it: it fits a screen of 24 lines by 80 columns, which a test holds. */
export function toScreen(help: Help): string {
  const { texts, usage, description, commands, options, globals, examples } = help
  const lines = [
    `${texts.usage}: ${usage}`,
    '',
    ...wrap(description[0] ?? help.summary, 80),
    ...section(texts.commands, commands),
    ...section(texts.argumentsTitle, help.arguments),
    ...section(texts.options, options),
    ...(options.length > 0 ? [shortGlobals(help)] : section(texts.globalOptions, globals)),
    ...(examples[0] === undefined ? [] : ['', `${texts.examples}:`, `  ${examples[0]}`]),
    ...(commands.length > 0
      ? ['', texts.more(help.title === 'acuse' ? '…' : `${help.title.slice(6)} …`)]
      : []),
  ]
  return `${lines.join('\n')}\n`
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
