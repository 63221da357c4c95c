import { en, type Texts } from './en.ts'
import { es } from './es.ts'

/** The languages of the pages. */
export type Language = 'en' | 'es'

export type { Texts } from './en.ts'

/** The same in each language. */
export const texts: { readonly [Name in Language]: Texts } = { en, es }

/** What a browser prefers of ours; English where it asks for neither. */
export function preferred(acceptLanguage: string | null): Language {
  const asked = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', quality = ''] = part
      .trim()
      .toLowerCase()
      .split(/;\s*q=/)
    return { tag: tag.split('-')[0], quality: quality === '' ? 1 : Number(quality) || 0 }
  })
  const qualityOf = (lang: Language): number =>
    Math.max(0, ...asked.filter(({ tag }) => tag === lang).map(({ quality }) => quality))
  return qualityOf('es') > qualityOf('en') ? 'es' : 'en'
}
