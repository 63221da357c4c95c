import { didYouMean } from '@acuse/core/inbox-kit'

/** The error for an event that its provider has no sample of. */
export function unknownEvent(provider: string, event: string, known: readonly string[]): TypeError {
  const events =
    known.length === 0
      ? ' It documents none: give it a sample of each, such as the option samples of hmacProvider, or sending.samples of defineProvider'
      : `${didYouMean(event, known)} Its events: ${known.join(', ')}`
  return new TypeError(`${provider} documents no event '${event}'.${events}`)
}
