import { memoryInbox } from '@acuse/core'
import type { Deliveries, DeliveryPage, DeliveryQuery, StoredDelivery } from '@acuse/core/inbox-kit'
import { changed } from './changed.ts'
import type { WrongInbox } from './wrong-inbox.ts'

const paged = 'lists them newest first, by page, each on one page only'
const together = 'lists each of many that came at the same time, on one page only'
const meanwhile = 'leaves none out, and lists none twice, while others are handled'
const matching =
  'lists those that match: endpoint, provider, type, ordering key, state and when they were received'
const unknown = 'refuses a query that it does not know'
const whole = 'gives one that waits with its bytes and headers'
const leased = 'tells which is leased, in its attempt'
const delayed = 'tells which is delayed, until when, its failure and what completed'

const failingWithout: { readonly [Name in keyof DeliveryQuery]?: readonly string[] } = {
  state: [matching, unknown, leased, delayed],
  type: [matching, unknown],
  receivedFrom: [matching, unknown],
}

type Get = (given: StoredDelivery) => StoredDelivery | undefined

/** Faults in the list of deliveries. */
export const wrongLists: readonly WrongInbox[] = [
  listing('begins each page anew', [paged, together, meanwhile, unknown], (list) => {
    let pages = 0
    return async ({ after: _, ...query }) => {
      const page = await list(query)
      // Somebody gives up at last.
      return { ...page, next: ++pages % 30 ? page.next : undefined }
    }
  }),
  listing('pages by position, whatever was handled between', [paged, meanwhile, unknown], (list) => {
    return async ({ after = '0', limit = 100, ...query }) => {
      const { deliveries } = await list({ ...query, limit: 1_000 })
      const end = Number(after) + limit
      const next = end < deliveries.length ? String(end) : undefined
      return { deliveries: deliveries.slice(Number(after), end), next }
    }
  }),
  listing('shows no more than one page', [paged, together, meanwhile], (list) => async (query) => {
    return { ...(await list(query)), next: undefined }
  }),
  ...(
    ['state', 'endpoint', 'provider', 'type', 'orderingKey', 'receivedFrom', 'receivedBefore'] as const
  ).map((name) =>
    listing(`knows no filter of ${name}`, failingWithout[name] ?? [matching], (list) => (query) => {
      const { [name]: _, ...rest } = query
      return list(rest)
    }),
  ),
  getting('gives a body as text', [whole], (given) => ({
    ...given,
    delivery: { ...given.delivery, body: Buffer.from(Buffer.from(given.delivery.body).toString()) },
  })),
  getting('gives none that is leased', [leased], (given) => (given.state === 'leased' ? undefined : given)),
  getting('forgets what failed', [delayed], (given) => ({ ...given, failures: [] })),
  getting('forgets what completed', [delayed], (given) => ({ ...given, completed: [] })),
]

function listing(
  fault: string,
  failsAt: readonly string[],
  wrong: (list: Deliveries['list']) => (query: DeliveryQuery) => Promise<DeliveryPage>,
): WrongInbox {
  return of(fault, failsAt, (deliveries) => {
    const list = wrong((query) => deliveries.list(query))
    return { list: (query = {}) => list(query) }
  })
}

function getting(fault: string, failsAt: readonly string[], wrong: Get): WrongInbox {
  return of(fault, failsAt, (deliveries) => ({
    async get(id) {
      const given = await deliveries.get(id)
      return given && wrong(given)
    },
  }))
}

function of(
  fault: string,
  failsAt: readonly string[],
  wrong: (deliveries: Deliveries) => Partial<Deliveries>,
): WrongInbox {
  return {
    fault,
    failsAt,
    wrong(options) {
      const inbox = memoryInbox(options)
      const { deliveries } = inbox
      return deliveries ? changed(inbox, { deliveries: changed(deliveries, wrong(deliveries)) }) : inbox
    },
  }
}
