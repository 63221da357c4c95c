import type { DeadLetter, DeadLetterQuery, Inbox } from '../../src/index.ts'

/** The dead letters of an inbox, whole. */
export async function lettersOf(inbox: Inbox | undefined, query?: DeadLetterQuery): Promise<DeadLetter[]> {
  if (!inbox) throw new Error('There is no inbox')
  const { letters } = await inbox.deadLetters.list(query)
  const whole = await Promise.all(letters.map(({ id }) => inbox.deadLetters.get(id)))
  return whole.filter((letter) => letter !== undefined)
}
