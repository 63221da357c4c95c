import {
  createReceiver,
  defineProvider,
  fromRawHeaders,
  hmac,
  type IncomingRequest,
  memoryInbox,
  type Provider,
  type Receiver,
  type WebhookRequest,
} from '@acuse/core'
import { foreignValue, throwing } from './foreign-values.ts'
import { createRandom, type Random, seedOf } from './random.ts'

/** What came of requests to receivers whose own code misbehaves; all but `count` must be 0. */
export interface ForeignTotals {
  readonly count: number
  readonly accepted: number
  readonly handled: number
  readonly rejections: number
  readonly strangeAnswers: number
  readonly firstFailure: string | undefined
}

interface Events {
  ping: { readonly type: 'ping' }
}

const secret = 'a-secret-of-more-than-sixteen-bytes'
const genuine = hmac({ header: 'x-signature', secret })
const body = Buffer.from('{"type":"ping"}')
const signed = genuine.sign?.(body) ?? {}
const answers = new Map([
  [400, '{"error":"malformed"}'],
  [401, '{"error":"unauthorized"}'],
  [500, '{"error":"misconfigured"}'],
  [503, '{"error":"unavailable"}'],
])
const slots = ['check', 'verify', 'keys', 'envelope', 'tenantOf'] as const

/** One receiver, one of whose parts answers or throws what a stranger's code may. */
function receiverOf(random: Random, onHandled: () => void): Receiver<Events> {
  const slot = random.pick(slots)
  const misbehave = (): never =>
    (random.chance(0.3) ? throwing(foreignValue(random))() : foreignValue(random)) as never
  const keyed = slot === 'keys' ? hmac({ header: 'x-signature', secret: misbehave }) : genuine
  const scheme = {
    ...keyed,
    ...(slot === 'check' ? { check: misbehave, verify: () => 'signature-mismatch' as const } : undefined),
    ...(slot === 'verify' ? { verify: misbehave } : undefined),
  }
  const provider: Provider<Events> = defineProvider<Events>({
    name: 'ping',
    path: '/hooks',
    scheme,
    events: {
      ping: {
        '~standard': {
          version: 1,
          vendor: 'fuzz',
          validate: (value) => ({ value: value as Events['ping'] }),
        },
      },
    },
    envelope: slot === 'envelope' ? misbehave : () => ({ type: 'ping' }),
    ...(slot === 'tenantOf' ? { tenantOf: misbehave } : undefined),
  })
  const logger = { debug: misbehave, info: misbehave, warn: misbehave, error: misbehave }
  const inbox = memoryInbox({ maxIdentities: 10 })
  return createReceiver(provider, {
    inbox,
    logger,
    observer: misbehave,
    orderBy: misbehave,
    on: { ping: onHandled },
  })
}

/**
 * Sends an authentic request to receivers of which one part misbehaves, at random. A word such as `signature-mismatch` is a
 * refusal; a proof is never among what they answer.
 */
export async function fuzzForeignCode({
  seed,
  count,
}: {
  readonly seed: number
  readonly count: number
}): Promise<ForeignTotals> {
  let [accepted, handled, rejections, strangeAnswers] = [0, 0, 0, 0]
  let firstFailure: string | undefined
  const fail = (index: number, what: string): void => {
    firstFailure ??= `case ${index}: ${what}`
  }
  const onUnhandled = (): void => void rejections++
  process.on('unhandledRejection', onUnhandled)
  const headers = fromRawHeaders(Object.entries(signed).flat())
  const request: WebhookRequest = { method: 'POST', url: '/hooks', headers, body }
  const incoming: IncomingRequest = { method: 'POST', url: '/hooks', headers, read: () => body }
  for (let index = 0; index < count; index++) {
    const receiver = receiverOf(createRandom(seedOf(seed, index)), () => void handled++)
    try {
      for (const outcome of [await receiver.handle(incoming), await receiver.receive(request)]) {
        if (outcome.kind !== 'rejected') {
          accepted++
          fail(index, outcome.kind)
        } else if (answers.get(outcome.status) !== outcome.body) {
          strangeAnswers++
          fail(index, `${outcome.status} ${outcome.body}`)
        }
      }
    } catch {
      rejections++
      fail(index, 'it rejected')
    }
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onUnhandled)
  return { count, accepted, handled, rejections, strangeAnswers, firstFailure }
}
