import { isHandled } from '../../src/inbox/handled-types.ts'
import type { HandledTypes, UnhandledType } from '../../src/inbox/inbox.ts'
import { type Settled, withFailure } from '../../src/inbox/settle.ts'
import { createWorker } from '../../src/inbox/worker/create-worker.ts'
import type {
  LateLease,
  LeasedDelivery,
  LeaseRoom,
  LeaseSource,
  Look,
  Returned,
  SharedLeases,
  TakenBack,
} from '../../src/inbox/worker/lease-source.ts'
import type { Worker, WorkerOptions } from '../../src/inbox/worker/worker.ts'
import type { AttemptFailure, Delivery, Observation } from '../../src/index.ts'
import { manualClock } from './clock.ts'
import { delivery, done } from './memory-inbox.ts'

interface Row {
  readonly delivery: Delivery
  state: 'waiting' | 'leased' | 'delayed' | 'done' | 'dead'
  attempt: number
  crashes: number
  token: number
  dueAt: number
  atOnce: number | undefined
  failures: readonly AttemptFailure[]
}

interface Leased extends LeasedDelivery {
  readonly row: Row
  readonly token: number
}

export const leaseMs = 3_000

/** A table that workers share, and that answers with promises, as a database does. */
class SharedTable implements LeaseSource<Leased>, SharedLeases<Leased> {
  readonly leaseMs = leaseMs
  readonly pollMs = 1_000
  readonly clock = manualClock()
  readonly rows: Row[] = []
  /** When which method was called, and with how many. */
  readonly calls: { readonly method: string; readonly at: number; readonly size: number }[] = []
  /** By method: what its calls wait for. */
  readonly gates = new Map<string, Promise<void>>()
  /** By method: the failures of its next calls; `thrown`: before there is a promise. */
  readonly faults = new Map<string, (Error | 'thrown')[]>()

  get shared(): this {
    return this
  }

  async look(handles: HandledTypes): Promise<Look> {
    await this.#begin('look')
    const poison = this.#ready(handles).flatMap(({ atOnce }) => atOnce ?? [])
    return {
      isDue: this.#due().length > 0,
      leastAtOnce: poison.length > 0 ? Math.min(...poison) : undefined,
      hasAlone: () => poison.includes(0),
      has: (room) => this.#wanted({ ...room, limit: 1 }).length > 0,
    }
  }

  async nextDueAt(): Promise<number | undefined> {
    await this.#begin('nextDueAt')
    return this.rows.find(({ state }) => state === 'delayed')?.dueAt
  }

  async lease(room: LeaseRoom): Promise<Leased[]> {
    await this.#begin('lease')
    for (const row of this.#due()) row.state = 'waiting'
    return this.#wanted(room).map((row) => {
      row.state = 'leased'
      row.attempt++
      row.token++
      row.dueAt = this.clock.now() + leaseMs
      return toLeased(row)
    })
  }

  async renew(held: readonly Leased[]): Promise<boolean[]> {
    await this.#begin('renew', held.length)
    return held.map((leased) => {
      if (isHeld(leased)) leased.row.dueAt = this.clock.now() + leaseMs
      return isHeld(leased)
    })
  }

  async late(held: Iterable<Leased>): Promise<LateLease[]> {
    await this.#begin('late', [...held].length)
    const own = new Set([...held].map(({ row }) => row))
    const now = this.clock.now()
    const isLate = ({ state, dueAt }: Row) =>
      state === 'leased' && (dueAt <= now + leaseMs / 2 || dueAt > now + leaseMs)
    return this.rows.flatMap((row, at) =>
      isLate(row) && !own.has(row) ? [{ id: `${at}.${row.token}`, dueAt: row.dueAt, leaseMs }] : [],
    )
  }

  async takeBack(
    late: readonly LateLease[],
    decide: (leased: Leased) => Returned,
  ): Promise<TakenBack<Leased>[]> {
    await this.#begin('takeBack', late.length)
    return late.flatMap(({ id, dueAt }) => {
      const row = this.rows[Number.parseInt(id, 10)]
      if (row?.state !== 'leased' || row.dueAt !== dueAt) return []
      const leased = toLeased(row)
      const returned = decide(leased)
      this.#write(row, returned)
      return [{ leased, returned }]
    })
  }

  settle(leased: Leased, settled: Settled): Promise<Settled | undefined> {
    this.#throw('settle')
    return Promise.resolve().then(() => {
      this.#fail('settle')
      if (!isHeld(leased)) return undefined
      leased.row.state = settled.status === 'retry' ? 'delayed' : settled.status
      if (settled.status === 'retry') leased.row.dueAt = this.clock.now() + settled.delayMs
      return settled
    })
  }

  giveBack(returned: readonly TakenBack<Leased>[]): Promise<boolean[]> {
    this.calls.push({ method: 'giveBack', at: this.clock.monotonic(), size: returned.length })
    this.#throw('giveBack')
    return Promise.resolve().then(() => {
      this.#fail('giveBack')
      return returned.map((one) => {
        const isWritten = isHeld(one.leased)
        if (isWritten) this.#write(one.leased.row, one.returned)
        return isWritten
      })
    })
  }

  isIdle(handles: HandledTypes): Promise<boolean> {
    this.#throw('isIdle')
    return Promise.resolve().then(() => {
      this.#fail('isIdle')
      const live = this.rows.filter(({ state }) => state !== 'done' && state !== 'dead')
      return live.every(({ delivery }) => !isHandled(handles, delivery.type))
    })
  }

  async unhandled(): Promise<UnhandledType[]> {
    return [{ type: 'order.lost', waiting: 1 }]
  }

  #due(): Row[] {
    return this.rows.filter(({ state, dueAt }) => state === 'delayed' && dueAt <= this.clock.now())
  }

  #ready(handles: HandledTypes): Row[] {
    return this.rows.filter((row) => row.state === 'waiting' && isHandled(handles, row.delivery.type))
  }

  #wanted({ handles, limit, isForAlone, possiblePoison }: LeaseRoom): Row[] {
    let { count, atOnce } = possiblePoison
    const mayRun = (row: Row) => {
      if (row.atOnce === undefined || isForAlone) return (row.atOnce === 0) === isForAlone
      if (row.atOnce === 0 || count >= Math.min(atOnce, row.atOnce)) return false
      atOnce = Math.min(atOnce, row.atOnce)
      count++
      return true
    }
    return this.#ready(handles).filter(mayRun).slice(0, limit)
  }

  #write(row: Row, returned: Returned): void {
    const { status, crashes, error } = returned
    if (error) row.failures = withFailure(row.failures, row.attempt, new Date(this.clock.now()), error)
    row.state = status
    row.crashes = crashes
    if (returned.status === 'dead') return
    row.attempt = returned.attempt
    row.atOnce = returned.atOnce
  }

  async #begin(method: string, size = 0): Promise<void> {
    this.calls.push({ method, at: this.clock.monotonic(), size })
    await this.gates.get(method)
    this.#fail(method)
  }

  #throw(method: string): void {
    if (this.faults.get(method)?.[0] === 'thrown') this.#fail(method)
  }

  #fail(method: string): void {
    const fault = this.faults.get(method)?.shift()
    if (fault) throw fault
  }
}

const isHeld = ({ row, token }: Leased): boolean => row.state === 'leased' && row.token === token

function toLeased(row: Row): Leased {
  const { attempt, crashes, atOnce, token } = row
  return { row, delivery: row.delivery, attempt, crashes, atOnce, token, completed: [] }
}

/** A table, workers on it, and what they tell. */
export function sharedTable() {
  const table = new SharedTable()
  const { clock, rows, faults } = table
  const observations: Observation[] = []
  const fresh = {
    state: 'waiting',
    attempt: 0,
    crashes: 0,
    token: 0,
    dueAt: 0,
    atOnce: undefined,
    failures: [],
  } as const
  const put = (name: string, changes: Partial<Row> = {}): Row => {
    const row: Row = { delivery: delivery(name), ...fresh, ...changes }
    rows.push(row)
    return row
  }
  const work = (
    handle: WorkerOptions['handle'] = async () => done,
    changes: Partial<WorkerOptions> = {},
  ): Worker<Leased> => {
    const observer = (observation: Observation) => observations.push(observation)
    const handles = () => ({ except: [] })
    const options = { handle, handles, concurrency: 10, retry: { crashes: 3 }, observer, clock, ...changes }
    const worker = createWorker(table, options)
    worker.start()
    return worker
  }
  /** A lease that a process left behind, which died just now. */
  const orphan = (name: string): Row =>
    put(name, { state: 'leased', attempt: 1, token: 1, dueAt: clock.now() + leaseMs })
  /** Calls of a method get no answer until it is released. */
  const slow = (method: string) => {
    let release = () => {}
    table.gates.set(method, new Promise((resolve) => (release = resolve)))
    return release
  }
  return {
    clock,
    rows,
    faults,
    observations,
    slow,
    callsOf: (method: string) => table.calls.filter((call) => call.method === method),
    put,
    acceptedAsLeased: (name: string) => toLeased(orphan(name)),
    orphan,
    work,
    types: () => observations.map(({ type }) => type),
  }
}
