import { describe, expect, it } from 'vitest'
import type { AckOnAcceptedOptions, Logger } from '../../src/index.ts'
import { type AcmeEvents, bench, paid, signed } from '../support/acme.ts'
import { settled } from '../support/clock.ts'
import { watchUnhandled } from '../support/unhandled.ts'

const unhandled = watchUnhandled()

/** Rejections that nobody handles are told once all promises have settled. */
function turned(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

const failures: Record<string, () => unknown> = {
  throws: () => {
    throw new Error('no')
  },
  rejects: () => Promise.reject(new Error('no')),
  'returns a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: this is the case
    then: () => {
      throw new Error('no')
    },
  }),
  'returns what throws when it is looked at': () =>
    Object.defineProperty({}, 'then', {
      get: () => {
        throw new Error('no')
      },
    }),
}

function loggerThat(method: () => unknown): Logger {
  return { debug: method, info: method, warn: method, error: method }
}

async function outcomes(options: AckOnAcceptedOptions<AcmeEvents>): Promise<unknown> {
  const { receiver, clock } = bench({ retry: { attempts: 2 }, ...options })
  let runs = 0
  receiver.on('order.paid', ({ payload }, { log }) => {
    log.info({ runs }, 'begun')
    runs++
    if (payload.amount < 0) throw new Error('below zero')
  })
  const statuses: number[] = []
  const bad = signed({ ...paid, id: 'bad', amount: -1 })
  for (const request of [signed(paid), signed(paid), bad, signed(paid, ['X-Acme-Signature', 'x'])])
    statuses.push((await receiver.receive(request)).status)
  await settled()
  await clock.advance(5_000)
  await receiver.onIdle()
  await turned()
  const stats = await receiver.inbox?.stats()
  return { statuses, runs, waiting: stats?.waiting, dead: stats?.dead, unhandled }
}

const told = ['accepted', 'accepted', 'dead', 'duplicate', 'handled', 'rejected', 'retried']
const expected = { statuses: [200, 200, 200, 401], runs: 3, waiting: 0, dead: 1, unhandled: [] }

describe('a receiver, its handlers and the process lose nothing', () => {
  for (const [how, fail] of Object.entries(failures)) {
    it(`by an observer that ${how}, which is told everything all the same`, async () => {
      const types: string[] = []
      const observer = (signal: { readonly type: string }): unknown => {
        types.push(signal.type)
        return fail()
      }
      expect(await outcomes({ observer })).toEqual(expected)
      expect(types.sort()).toEqual(told)
    })

    it(`by a logger that ${how}, in a handler too, and the observer is told everything`, async () => {
      let lines = 0
      const logger = loggerThat(() => {
        lines++
        return fail()
      })
      const types: string[] = []
      const observer = ({ type }: { readonly type: string }) => types.push(type)
      expect(await outcomes({ logger, observer })).toEqual(expected)
      expect(types.sort()).toEqual(told)
      // Seven observations, and one line of each run.
      expect(lines).toBe(10)
    })

    it(`by an orderingKey that ${how}: the delivery comes in any order, even where the logger fails too`, async () => {
      const orderingKey = fail as () => string
      expect(await outcomes({ orderingKey, logger: loggerThat(fail) })).toEqual(expected)
    })
  }
})
