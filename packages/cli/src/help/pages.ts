import { type Command, type CommandGroup, isGroup } from '../command/command.ts'
import type { Language } from '../command/language.ts'
import { type Help, helpOf, mainHelp } from './help-of.ts'
import { toMan } from './man.ts'
import { toMarkdown } from './markdown.ts'

/** The help of `acuse` and of every command below it, in order, by file name without ending. */
export function everyHelp(
  commands: readonly (Command | CommandGroup)[],
  language: Language,
): readonly { readonly file: string; readonly help: Help }[] {
  return [
    { file: 'acuse', help: mainHelp(commands, language) },
    ...commands.flatMap((command) => helpsOf([], command, language)),
  ]
}

function helpsOf(
  above: readonly string[],
  command: Command | CommandGroup,
  language: Language,
): { readonly file: string; readonly help: Help }[] {
  const path = [...above, command.name]
  const own = { file: ['acuse', ...path].join('-'), help: helpOf(path, command, language) }
  return [own, ...(isGroup(command) ? command.commands.flatMap((each) => helpsOf(path, each, language)) : [])]
}

/** Every page that is made from the commands, by its path in the repository: for the documentation in both languages, and for man. */
export function pagesOf(
  commands: readonly (Command | CommandGroup)[],
): readonly { readonly path: string; readonly text: string }[] {
  const pages = (language: Language, folder: string) =>
    everyHelp(commands, language).map(({ file, help }) => ({
      path: `${folder}${file.replace(/^acuse-/, '')}.md`,
      text: toMarkdown(help),
    }))
  const man = everyHelp(commands, 'en').map(({ file, help }) => ({
    path: `packages/cli/man/${file}.1`,
    text: toMan(help),
  }))
  return [...pages('en', 'docs/cli/'), ...pages('es', 'docs/es/cli/'), ...man]
}
