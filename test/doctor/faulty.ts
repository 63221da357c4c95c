// Receivers for the checks that the twelve of test/flawed do not need: the right one, with the fault that FAULT names.
import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Faults, handle, isAuthentic, once, serve } from '../flawed/base.ts'

const { EFFECTS = '', FAULT = '' } = process.env
/** Its first event only, and not again after a restart. */
let isFirst = !existsSync(EFFECTS)
const firstOf = new Map<number, string>()

const faults: Readonly<Record<string, Faults>> = {
  'forged-run': {
    isAuthentic(body, signature, secret) {
      const isRight = isAuthentic(body, signature, secret)
      if (!isRight) appendFileSync(EFFECTS, `${body.toString('utf8')}\n`)
      return isRight
    },
  },
  'valid-not-run': { accept: async () => undefined },
  'lost-after-crash': {
    notes: 'apart',
    accept: (event, store) =>
      once(event, store, async () => {
        appendFileSync(`${EFFECTS}.notes`, `${JSON.stringify({ id: event.id })}\n`)
        await handle(event, store, 100)
      }),
  },
  'forgotten-at-restart': {
    notes: 'apart',
    accept: (event, store) => once(event, store, () => handle(event, store)),
  },
  'distinct-events-merged': {
    async accept(event, store) {
      const first = firstOf.get(event.at) ?? event.id
      if (first !== event.id) return undefined
      firstOf.set(event.at, first)
      return once(event, store, () => handle(event, store))
    },
  },
  'slow-answer': {
    async accept(event, store) {
      if (isFirst) {
        isFirst = false
        await sleep(5_500)
      }
      return once(event, store, () => handle(event, store))
    },
  },
  'cut-short-accepted': { lateStatus: 200 },
}

serve(faults[FAULT])
