import type { HelpTexts } from '../command/command.ts'
import type { Language, Translated } from '../command/language.ts'

const en = {
  secretEnv: 'the environment variable of its secret',
  secretFile: 'the file of its secret',
  secret: 'its secret; it stays in the history: better not',
  option: 'a further option of the provider',
}

const es: typeof en = {
  secretEnv: 'la variable de entorno de su secreto',
  secretFile: 'el archivo de su secreto',
  secret: 'su secreto; queda en el historial: mejor no',
  option: 'otra opción del proveedor',
}

/** What help says of the options that several commands have, such as those of `secretOptions`. */
export const sharedOptionTexts: Translated<Readonly<Record<string, string>>> = { en, es }

/** What help says of an option: the command's own text, or the shared one. */
export function optionText(
  texts: Translated<Pick<HelpTexts, 'options'>>,
  language: Language,
  name: string,
): string {
  return texts[language].options[name] ?? sharedOptionTexts[language][name] ?? ''
}
