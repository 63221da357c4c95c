import { catalogue } from '../../packages/cli/src/catalogue/catalogue.ts'
import { providerTitles } from '../sidebar.ts'
import { factsOf } from './facts.ts'
import { notes } from './notes.ts'
import { pageOf } from './page.ts'
import { phrases } from './phrases.ts'

/** Every page of a provider, in both languages, by its path in the repository. */
export async function providerPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>()
  for (const [name, title] of Object.entries(providerTitles)) {
    const entry = catalogue[name]
    if (entry === undefined) throw new TypeError(`There is no provider '${name}': correct providerTitles`)
    const facts = await factsOf(name, entry)
    pages.set(`docs/providers/${name}.md`, pageOf(facts, phrases.en, title, 'en'))
    pages.set(`docs/es/providers/${name}.md`, pageOf(facts, phrases.es, title, 'es'))
  }
  const unknown = Object.keys(notes).filter((name) => !(name in providerTitles))
  if (unknown.length > 0) throw new TypeError(`There is no provider '${unknown[0]}': correct notes`)
  return pages
}
