import { findAlone, findReady, type Leased, type Room } from './leases.ts'
import type { SqliteSettings } from './options.ts'
import { PossiblePoison } from './possible-poison.ts'
import type { Statements } from './statements.ts'

const none = { count: 0, atOnce: 0 }

/** Decides what a worker may lease next. */
export class Allotment {
  readonly #settings: SqliteSettings
  readonly #possiblePoison = new PossiblePoison()
  #isLeasingPossiblePoison = false
  /** One that runs alone and the others take turns. */
  #isTurnOfAlone = true
  #aloneSince: number | undefined
  #waitsSince: number | undefined

  constructor(settings: SqliteSettings) {
    this.#settings = settings
  }

  /** `undefined`: nothing for now. */
  roomFor(
    sql: Statements,
    wanted: Pick<Room, 'endpoint' | 'types' | 'limit'>,
    isIdle: boolean,
  ): Room | undefined {
    if (this.#isInPatience(this.#aloneSince)) return undefined
    const { endpoint, types } = wanted
    const seen = sql.look.get(endpoint, this.#settings.clock.now(), endpoint, endpoint)
    const isDue = seen?.['due'] === 1
    // How many may run with the most suspicious one.
    const least = seen?.['least'] ?? undefined
    const isAnyPossiblePoison = least !== undefined
    if (least === 0 && this.#isTurnOfAlone && findAlone(sql, endpoint, types).length > 0) {
      this.#waitsSince ??= this.#settings.clock.monotonic()
      if (!isIdle && this.#isInPatience(this.#waitsSince)) return undefined
      return { ...wanted, limit: 1, possiblePoison: none, isForAlone: true, isDue }
    }
    this.#waitsSince = undefined
    const possiblePoison = isAnyPossiblePoison && !this.#isLeasingPossiblePoison ? this.#possiblePoison : none
    const room = { ...wanted, possiblePoison, isForAlone: false, isDue }
    const first = seen?.['first']
    if (isDue || (typeof first === 'string' && types.has(first))) return room
    if (findReady(sql, { ...room, limit: 1 }).length > 0) return room
    if (!isAnyPossiblePoison || this.#isTurnOfAlone) return undefined
    this.#isTurnOfAlone = true
    return this.roomFor(sql, wanted, isIdle)
  }

  /** It is being leased for this room. */
  leasing({ possiblePoison, isForAlone }: Room): void {
    this.#isTurnOfAlone = !isForAlone
    this.#isLeasingPossiblePoison ||= isForAlone || possiblePoison !== none
  }

  /** That came to an end. */
  leased({ possiblePoison, isForAlone }: Room): void {
    if (isForAlone || possiblePoison !== none) this.#isLeasingPossiblePoison = false
  }

  begins({ atOnce }: Leased): void {
    this.#possiblePoison.add(atOnce)
    if (atOnce === 0) this.#aloneSince = this.#settings.clock.monotonic()
  }

  ends({ atOnce }: Leased): void {
    this.#possiblePoison.remove(atOnce)
    if (atOnce !== 0) return
    this.#aloneSince = undefined
    this.#waitsSince = undefined
  }

  /** A handler that never ends holds up the others for so long at most. */
  #isInPatience(since: number | undefined): boolean {
    const { clock, leaseMs } = this.#settings
    return since !== undefined && clock.monotonic() - since < leaseMs
  }
}
