import { checkOptions, type OptionKinds } from '@acuse/core/inbox-kit'
import type { EnqueueOptions } from './store.ts'

/**
 * The options of `enqueue`, checked.
 * @throws TypeError when one is unknown or cannot be used
 */
export function checkEnqueueOptions<Options extends EnqueueOptions>(
  options: Options,
  kinds: OptionKinds<Options>,
): Options {
  checkOptions<Options>('enqueue options', options, kinds)
  if (options.orderingKey !== undefined) checkText('orderingKey', options.orderingKey)
  return options
}

const mostCharacters = 255

/**
 * A text that both databases keep unit for unit.
 * @throws TypeError when it is empty, longer than 255 characters, or holds control characters or half a surrogate pair
 */
export function checkText(name: string, text: unknown): string {
  const isKept =
    typeof text === 'string' &&
    text !== '' &&
    text.length <= mostCharacters &&
    text.isWellFormed() &&
    !/\p{Cc}/u.test(text)
  if (isKept) return text
  throw new TypeError(`${name} must be text of 1 to ${mostCharacters} characters, without control characters`)
}
