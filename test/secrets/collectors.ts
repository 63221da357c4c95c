import { inspect } from 'node:util'
import type { Inbox, Observation, Observer, Receiver } from '@acuse/core'
import { describeError } from '@acuse/core/inbox-kit'

/** What a collector may look at when all requests are done. */
interface Collected {
  readonly receivers: readonly Receiver<object>[]
  readonly inbox: Inbox
}

/** One kind of output: it watches receivers, and gives all that it would show. */
export interface Collector {
  readonly name: string
  /** Whether it may show payloads, to those who operate an inbox; secrets it may never show. */
  readonly showsPayloads: boolean
  /** Watches receivers. Default: it does not. */
  readonly observer?: Observer
  /** All that it shows. */
  readonly finish: (of: Collected) => Promise<string>
}

/** The output of receivers, beside their log. Tracers, metrics and pages belong here as they are built. */
export function createCollectors(): readonly Collector[] {
  return [observations(), deadLetters()]
}

function observations(): Collector {
  const told: Observation[] = []
  return {
    name: 'observations',
    showsPayloads: false,
    observer: (observation) => void told.push(observation),
    async finish() {
      const errors = told.map((each) =>
        'error' in each && each.error ? describeError(each.error) : undefined,
      )
      return [JSON.stringify(told), inspect(told, { depth: 10 }), JSON.stringify(errors)].join('\n')
    },
  }
}

function deadLetters(): Collector {
  return {
    name: 'dead letters',
    showsPayloads: true,
    async finish({ inbox }) {
      const page = await inbox.deadLetters.list({ limit: 1_000 })
      const whole = await Promise.all(page.letters.map(({ id }) => inbox.deadLetters.get(id)))
      const bodies = whole.map((letter) => letter && Buffer.from(letter.delivery.body).toString('latin1'))
      return [JSON.stringify(page), JSON.stringify(whole), inspect(whole, { depth: 10 }), ...bodies].join(
        '\n',
      )
    },
  }
}
