import type { Provider } from '../../src/index.ts'
import type { AnyEvents } from './ruled.ts'

type Changes = Partial<Provider<AnyEvents>>

const key = [{ body: 'id' }]

/** The payload of the request that is captured. */
export const capturedBody: Readonly<Record<string, unknown>> = { type: 'order.paid', id: 'o-1', amount: 7 }

/** Providers whose rules look at what nobody signs, in each place. */
export const unsignedReadings: Readonly<Record<string, Changes>> = {
  'the type from a header': { eventRules: [{ type: [{ header: 'X-Event' }], idempotencyKey: key }] },
  'the type from the query': { eventRules: [{ type: [{ query: 'event' }], idempotencyKey: key }] },
  'the type from a header, without a key': { eventRules: [{ type: [{ header: 'X-Event' }] }] },
  'the type from header and body': { eventRules: [{ type: [{ header: 'X-Event' }, { body: 'type' }] }] },
  'the id from a header': {
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ header: 'X-Event' }] }],
  },
  'the version from a header': {
    eventRules: [{ type: [{ body: 'type' }], version: { header: 'X-Event' }, idempotencyKey: key }],
  },
  'the rule by a header': {
    eventRules: [
      { when: { header: 'X-Event', is: 'Event-0' }, type: [{ text: 'A' }], idempotencyKey: key },
      { when: { header: 'X-Event', is: 'Event-1' }, type: [{ text: 'B' }], idempotencyKey: key },
      { type: [{ body: 'type' }], idempotencyKey: [{ body: 'type' }, { body: 'id' }] },
    ],
  },
  'the id of a function from a header': {
    eventRules: undefined as never,
    envelope: ({ id }, { headers }) => {
      const [event] = headers.values('x-event')
      return event === 'Event-0'
        ? { type: 'A', idempotencyKey: [String(id)] }
        : { type: 'order.paid', idempotencyKey: [String(id), String(event)] }
    },
  },
}
