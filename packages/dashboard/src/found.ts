import type { AttemptFailure, DeadLetter, Delivery, Inbox } from '@acuse/core'
import type { StateName } from './parts.ts'
import { type Board, inTime } from './view.ts'

/** One delivery, in whatever state. */
export interface Found {
  readonly id: string
  readonly state: StateName
  readonly delivery: Delivery
  readonly attempt: number
  readonly failures: readonly AttemptFailure[]
  readonly completed: readonly string[]
  readonly letter?: DeadLetter
  readonly nextAttemptAt?: Date | undefined
  readonly handledAt?: Date | undefined
}

/** Looks for a delivery by its id: among the dead letters, then among the others. */
export async function findDelivery(board: Board, inbox: Inbox, id: string): Promise<Found | undefined> {
  const letter = await inTime(board, inbox.deadLetters.get(id))
  if (letter !== undefined) {
    const { delivery, attempt, failures } = letter
    return { id, state: 'dead', delivery, attempt, failures, completed: [], letter }
  }
  const list = inbox.deliveries
  const stored = list && (await inTime(board, list.get(id)))
  return stored && { ...stored, id }
}
