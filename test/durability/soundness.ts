import { setTimeout as sleep } from 'node:timers/promises'
import { hard, type Row } from '../support/report.ts'
import type { Books } from './books.ts'
import { none, told } from './campaign.ts'
import type { HandledLog } from './handled-log.ts'
import type { Sent } from './senders.ts'

/** Acknowledged deliveries against handled ones. `acceptedTwice` makes the row of copies accepted as new. */
export function soundness(
  sent: Sent,
  log: HandledLog,
  acceptedTwice: (figure: string, count: number) => Row = none,
): Row[] {
  const acknowledged = [...sent.acknowledged]
  const lost = lostOf(acknowledged, log)
  const twice = [...log.runs.values()].filter((count) => count > 1).length
  return [
    told('attempts', sent.attempts),
    {
      figure: 'acknowledged',
      value: String(acknowledged.length),
      goal: hard('> 0', acknowledged.length > 0),
    },
    none('acknowledged and lost', lost.length),
    acceptedTwice('accepted twice', sent.acceptedTwice),
    told('handlers run twice: the blow came before their note', twice),
    told('lines of their log that a kill tore', log.torn),
  ]
}

/** The documents of these that no handler has had, each named. */
export function lostOf(acknowledged: readonly string[], log: HandledLog): string[] {
  const lost = acknowledged.filter((id) => !log.runs.has(id))
  if (lost.length > 0) console.error(`lost: ${lost.slice(0, 20).join(', ')}`)
  return lost
}

/** Until all have been handled, and booked where there are books, or nothing new comes for 15 s. */
export async function untilHandled(
  log: HandledLog,
  wanted: ReadonlySet<string>,
  books?: Books,
): Promise<void> {
  let before = -1
  for (let still = 0; still < 75; await sleep(200)) {
    log.read()
    const isHandled = [...wanted].every((id) => log.runs.has(id))
    if (isHandled && !books) return
    // The handler that books is tried again by itself.
    const booked = isHandled && books ? await books.timesBooked() : new Map<string, number>()
    if (isHandled && [...wanted].every((id) => booked.has(id))) return
    const now = log.runs.size + booked.size
    still = now === before ? still + 1 : 0
    before = now
  }
}
