import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, type Provider, toNodeHandler, type UnknownEvent } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { afterAll, describe, expect, it } from 'vitest'
import { everyProvider } from '../../../test/providers/every-provider.ts'
import {
  abortedMidBody,
  concurrentDuplicates,
  createSender,
  duplicate,
  type Fault,
  faultNames,
  futureTimestamp,
  gzipBody,
  malformedSignature,
  missingSignature,
  oversizedBody,
  renamedEvent,
  reordered,
  replayedWithFreshSession,
  retriedByTheSender,
  type Sender,
  type SendReport,
  slowBody,
  staleTimestamp,
  tamperedBody,
  toNamedFault,
  truncatedBody,
  wrongSecret,
} from '../src/index.ts'

const close: (() => Promise<void>)[] = []
afterAll(() => Promise.all(close.map((each) => each())))
const silent = (): void => {}

/** A receiver of a provider behind a server of Node, and what its handlers got since the last look. */
async function benchOf(provider: Provider<object>) {
  const events: UnknownEvent[] = []
  const receiver = createReceiver<object>(provider, {
    inbox: memoryInbox({ maxIdempotencyKeys: 1_000 }),
    on: { '*': (event) => void events.push(event) },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    maxBodyBytes: 65_536,
  })
  const server = createServer(toNodeHandler(receiver)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(async () => {
    server.closeAllConnections()
    server.close()
    await receiver.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${receiver.path}`,
    async handled() {
      await receiver.onIdle()
      return events.splice(0)
    },
  }
}

/** What a fault came to: statuses of all that was sent, and how many events were handled; or that it cannot be. */
type Came = { readonly statuses: readonly (number | undefined)[]; readonly handled: number } | string

const refused = (status: number): Came => ({ statuses: [status], handled: 0 })
const once2xx = (count: number, handled = 1): Came => ({
  statuses: Array.from({ length: count }, () => expect.any(Number)),
  handled,
})

const timeless = expect.stringContaining('need not state a time')

/** Each fault with what it may come to at our own receiver. */
const expected: readonly (readonly [Fault, readonly Came[]])[] = [
  [tamperedBody, [refused(401), expect.stringContaining('signs nothing')]],
  [wrongSecret, [refused(401)]],
  [missingSignature, [refused(401)]],
  [malformedSignature, [refused(401)]],
  [staleTimestamp, [refused(401), timeless]],
  [futureTimestamp, [refused(401), timeless]],
  [gzipBody, [refused(415)]],
  [duplicate(3), [once2xx(3)]],
  [concurrentDuplicates(5), [once2xx(5)]],
  [reordered, [once2xx(2, 2)]],
  [slowBody, [once2xx(1)]],
  [truncatedBody, [{ statuses: [expect.toBeOneOf([400, undefined])], handled: 0 }]],
  [abortedMidBody, [{ statuses: [undefined], handled: 0 }]],
  [oversizedBody, [{ statuses: [expect.toBeOneOf([413, undefined])], handled: 0 }]],
  [replayedWithFreshSession, [once2xx(2), expect.stringContaining('signs nothing')]],
  [renamedEvent, [once2xx(2), expect.stringMatching(/cannot be renamed|signs nothing/)]],
  [retriedByTheSender, [once2xx(2)]],
]

describe.each(Object.entries(everyProvider))('as %s', (_, entry) => {
  const { secret, provider, sender = provider, without = {} } = entry
  it.each(expected)('$name comes to what it should', async (fault, outcomes) => {
    const key = secret()
    const { url, handled } = await benchOf(provider(key))
    const slept: number[] = []
    const sending = createSender({
      provider: sender,
      secret: key,
      url,
      sleep: async (ms) => void slept.push(ms),
    }) as unknown as Sender<Record<string, object>>
    const [event] = await sending.events()
    const came = await sending
      .with(fault)
      .send(event as string)
      .then(
        async (report: SendReport): Promise<Came> => ({
          statuses: [report, ...report.others].map(({ status }) => status),
          handled: (await handled()).length,
        }),
        (error: TypeError): Came => error.message,
      )
    // What its retries share, nobody signs.
    const asked = fault === retriedByTheSender && without.retry ? [once2xx(2, 2)] : outcomes
    expect(asked).toContainEqual(came)
    expect(slept).toEqual(fault === slowBody && typeof came !== 'string' ? expect.any(Array) : [])
  })
})

describe('a fault by its name', () => {
  it('is the one of that name, and those that take a number take it', () => {
    expect(faultNames).toHaveLength(17)
    expect(faultNames.map((name) => toNamedFault(name).name.replace('(2)', ''))).toEqual(faultNames)
    expect(toNamedFault('duplicate', 4).name).toBe('duplicate(4)')
    expect(() => toNamedFault('tamperedbody' as never)).toThrow("Did you mean 'tamperedBody'?")
    expect(() => toNamedFault('tamperedBody', 2)).toThrow('tamperedBody takes no number')
    expect(() => duplicate(1)).toThrow('duplicate times must be a whole number from 2 to 1000')
    expect(() => concurrentDuplicates(1_001)).toThrow('concurrentDuplicates times must be')
  })

  it('is one of ours, or `with` says what it takes', () => {
    const sender = createSender({
      provider: redcumbre,
      secret: '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d',
      url: 'http://127.0.0.1:1/',
    })
    expect(() => sender.with({ name: 'tamperedBody' })).toThrow('with takes faults of @acuse/sender')
  })
})
