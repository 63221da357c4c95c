/** The languages of the command. */
export type Language = 'en' | 'es'

/** One set of texts in each language, with the same keys. */
export type Translated<Texts> = { readonly [Name in Language]: Texts }

/** Whether a text names a language of the command. */
export function isLanguage(text: string | undefined): text is Language {
  return text === 'en' || text === 'es'
}

/**
 * The language to speak: `--lang`, or else what the locale says (LC_ALL, LC_MESSAGES, LANG: the first that is set, as POSIX
 * has it), or else English. It is known before anything is parsed, so that wrong use is told in it too.
 */
export function languageOf(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const joined = own.find((arg) => arg.startsWith('--lang='))?.slice('--lang='.length)
  const asked = joined ?? own[own.lastIndexOf('--lang') + 1 || own.length]
  if (isLanguage(asked)) return asked
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return locale.toLowerCase().startsWith('es') ? 'es' : 'en'
}
