import type { Clock } from '../../model/clock.ts'
import type { HandledTypes } from '../inbox.ts'
import type { LeasedDelivery, LeaseRoom, Look } from './lease-source.ts'
import { PossiblePoison } from './possible-poison.ts'

const none = { count: 0, atOnce: 0 }

/** Decides what a worker may lease next. */
export class Allotment {
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #possiblePoison = new PossiblePoison()
  #isLeasingPossiblePoison = false
  /** One that runs alone and the others take turns. */
  #isTurnOfAlone = true
  #aloneSince: number | undefined
  #waitsSince: number | undefined

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  /** Whether one runs that nothing may run beside. */
  get isHeld(): boolean {
    return this.#isInPatience(this.#aloneSince)
  }

  /** `undefined`: nothing for now. */
  roomFor(look: Look, handles: HandledTypes, limit: number, isIdle: boolean): LeaseRoom | undefined {
    const { isDue, leastAtOnce } = look
    if (leastAtOnce === 0 && this.#isTurnOfAlone && look.hasAlone()) {
      this.#waitsSince ??= this.#clock.monotonic()
      if (!isIdle && this.#isInPatience(this.#waitsSince)) return undefined
      return { handles, limit: 1, possiblePoison: none, isForAlone: true, isDue }
    }
    this.#waitsSince = undefined
    const isAnyPossiblePoison = leastAtOnce !== undefined
    const possiblePoison = isAnyPossiblePoison && !this.#isLeasingPossiblePoison ? this.#possiblePoison : none
    const room = { handles, limit, possiblePoison, isForAlone: false, isDue }
    if (isDue || look.has(room)) return room
    if (!isAnyPossiblePoison || this.#isTurnOfAlone) return undefined
    this.#isTurnOfAlone = true
    return this.roomFor(look, handles, limit, isIdle)
  }

  /** It is being leased for this room. */
  leasing({ possiblePoison, isForAlone }: LeaseRoom): void {
    this.#isTurnOfAlone = !isForAlone
    this.#isLeasingPossiblePoison ||= isForAlone || possiblePoison !== none
  }

  /** That came to an end. */
  leased({ possiblePoison, isForAlone }: LeaseRoom): void {
    if (isForAlone || possiblePoison !== none) this.#isLeasingPossiblePoison = false
  }

  begins({ atOnce }: LeasedDelivery): void {
    this.#possiblePoison.add(atOnce)
    if (atOnce === 0) this.#aloneSince = this.#clock.monotonic()
  }

  ends({ atOnce }: LeasedDelivery): void {
    this.#possiblePoison.remove(atOnce)
    if (atOnce !== 0) return
    this.#aloneSince = undefined
    this.#waitsSince = undefined
  }

  /** A handler that never ends holds up the others for so long at most. */
  #isInPatience(since: number | undefined): boolean {
    return since !== undefined && this.#clock.monotonic() - since < this.#leaseMs
  }
}
