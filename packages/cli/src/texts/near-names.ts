import { didYouMean } from '@acuse/core/inbox-kit'
import type { SharedTexts } from './en.ts'

/** The names that core finds near to one that nobody knows, in the user's language; `undefined`: none is. */
export function nearNames(
  texts: Pick<SharedTexts, 'didYouMean'>,
  name: string,
  known: readonly string[],
): string | undefined {
  const near = didYouMean(name, known).match(/'[^']+'/g)
  return near ? texts.didYouMean(near.join(', ')) : undefined
}
