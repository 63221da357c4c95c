import type { Awaitable } from '../../model/awaitable.ts'
import type { HandledTypes } from '../inbox.ts'
import type { Allotment } from './allotment.ts'
import type { LeasedDelivery, LeaseRoom, LeaseSource } from './lease-source.ts'
import type { Places } from './places.ts'

/** Storage that is this process's own: nothing in it is left behind by another. */
const noPoison = { count: 0, atOnce: 0 }

/** Dependencies of a leasing. */
export interface LeasingSetup<Leased extends LeasedDelivery> {
  readonly source: LeaseSource<Leased>
  /** `undefined`: the storage is this process's own. */
  readonly allotment: Allotment | undefined
  /** Told whether a look finds anything that waits. */
  readonly places: Pick<Places<Leased>, 'look'>
}

/** Asks a source for leases: of storage that is shared, as much as its allotment has room for. */
export class Leasing<Leased extends LeasedDelivery> {
  readonly #setup: LeasingSetup<Leased>

  constructor(setup: LeasingSetup<Leased>) {
    this.#setup = setup
  }

  /** At once where the source answers at once; what it throws is a rejection. `undefined`: there is no room for any. */
  next(handles: HandledTypes, limit: number, isIdle: boolean): Awaitable<readonly Leased[] | undefined> {
    const { source, allotment } = this.#setup
    if (allotment) return this.#ofShared(allotment, handles, limit, isIdle)
    try {
      return source.lease({ handles, limit, possiblePoison: noPoison, isForAlone: false, isDue: true })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Its promise is pending before anything is awaited, and its places are taken. */
  async #ofShared(
    allotment: Allotment,
    handles: HandledTypes,
    limit: number,
    isIdle: boolean,
  ): Promise<readonly Leased[] | undefined> {
    const { source, places } = this.#setup
    if (allotment.isHeld || !source.shared) return undefined
    const looked = places.look()
    const look = await source.shared.look(handles)
    const room = allotment.roomFor(look, handles, limit, isIdle)
    looked(room === undefined && look.leastAtOnce === undefined)
    return room && this.#leaseRoom(allotment, room)
  }

  async #leaseRoom(allotment: Allotment, room: LeaseRoom): Promise<readonly Leased[]> {
    allotment.leasing(room)
    try {
      return await this.#setup.source.lease(room)
    } finally {
      allotment.leased(room)
    }
  }
}
