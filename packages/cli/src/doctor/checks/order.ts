import type { Check } from '../check.ts'
import type { Evidence } from '../evidence.ts'
import { toEvidence } from '../examined.ts'
import { isAccepted } from '../http.ts'
import { counterOf } from './needs.ts'

const mostNames = 25

/** Which events are taken, and in which order. */
export const order: readonly Check[] = [
  {
    code: 'valid-refused',
    severity: 'critical',
    async run(examined) {
      const event = examined.subject.make()
      const answer = await examined.send('valid', event.request, event)
      return isAccepted(answer) ? [] : [toEvidence('valid', answer)]
    },
  },
  {
    code: 'valid-not-run',
    severity: 'critical',
    needs: ['effects'],
    async run(examined) {
      const counter = counterOf(examined)
      const since = await counter.since()
      const event = examined.subject.make()
      const answer = await examined.send('valid', event.request, event)
      const missing = await counter.missing([event], since)
      return missing === 0 ? [] : [{ probe: 'valid', came: { ...toEvidence('valid', answer).came, runs: 0 } }]
    },
  },
  {
    code: 'documented-event-refused',
    severity: 'medium',
    async run(examined) {
      const { subject } = examined
      const evidence: Evidence[] = []
      for (const name of subject.names.slice(0, mostNames)) {
        const event = subject.make({ name })
        const answer = await examined.send('valid', event.request, event)
        if (!isAccepted(answer))
          evidence.push({
            probe: 'documented-event',
            came: { ...toEvidence('valid', answer).came, excerpt: name },
          })
      }
      return evidence
    },
  },
  {
    code: 'order-assumed',
    severity: 'high',
    needs: ['effects'],
    async run(examined) {
      const { subject } = examined
      const counter = counterOf(examined)
      const since = await counter.since()
      const older = subject.make()
      const newer = subject.make({ laterMs: 2_000 })
      for (const event of [newer, older]) await examined.send('reordered', event.request, event)
      const missing = await counter.missing([older, newer], since)
      return missing === 0 ? [] : [{ probe: 'reordered', came: { runs: 2 - missing } }]
    },
  },
]
