import { memoryInbox, type ReceiverOptions, systemClock } from '@acuse/core'
import { redisDedupe } from '@acuse/redis'
import { type AcmeEvents, bench, paid, signed, startAt } from '../../packages/core/test/support/acme.ts'
import { type OutageFigures, outages, sendThrough, startStage } from './outages.ts'

type Level = (dedupe: ReturnType<typeof redisDedupe>) => ReceiverOptions<AcmeEvents>

/** The ways of accepting with a Redis that is asked for each delivery. */
export const levels: Readonly<Record<string, Level>> = {
  "ack: 'handled'": (dedupe) => ({ ack: 'handled', dedupe, leaseMs: 1_000, inbox: undefined as never }),
  'memoryInbox({ dedupe })': (dedupe) => ({ inbox: memoryInbox({ dedupe }) }),
}

/** The effect of an outage on a receiver and on its senders. */
export interface Received extends OutageFigures {
  /** How often each event ran. */
  readonly runs: ReadonlyMap<string, number>
  /** The `Retry-After` of each 503. */
  readonly retryAfter: ReadonlySet<string | undefined>
  readonly dead: number
}

/** Sends to a receiver through an outage of its Redis, and after it, until everything is handled. */
export async function receiveThrough(level: string, outage: string): Promise<Received> {
  const stage = await startStage()
  const dedupe = redisDedupe(stage.client)
  const { receiver, observations } = bench({
    ...levels[level]?.(dedupe),
    clock: { ...systemClock, now: () => Date.parse(startAt) },
  })
  const runs = new Map<string, number>()
  const retryAfter = new Set<string | undefined>()
  receiver.on('order.paid', ({ payload: { id } }) => {
    runs.set(id, (runs.get(id) ?? 0) + 1)
  })
  const deliver = async (id: string): Promise<number> => {
    const { status, headers } = await receiver.receive(signed({ ...paid, id }))
    if (status === 503) retryAfter.add(headers['retry-after'])
    return status
  }
  try {
    // A busy machine may be late even without one.
    while ((await deliver('before')) !== 200);
    retryAfter.clear()
    const figures = await sendThrough(stage, outages[outage] as never, deliver)
    await receiver.onIdle()
    return { ...figures, runs, retryAfter, dead: observations.filter(({ type }) => type === 'dead').length }
  } finally {
    dedupe.close()
    await stage.close()
  }
}
