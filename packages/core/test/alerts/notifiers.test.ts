import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { type AlertsOptions, alerts, slackNotifier, webhookNotifier } from '../../src/alerts.ts'
import { manualClock, settled } from '../support/clock.ts'
import { deferred } from '../support/deferred.ts'
import { dead, handled } from '../support/observations.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Got {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that answers in turn, the last answer again and again. */
async function serve(...answers: ((response: ServerResponse) => void)[]) {
  const got: Got[] = []
  const arrivals = new EventTarget()
  const server = createServer(async (request, response) => {
    got.push({ url: request.url ?? '', headers: request.headers, body: await text(request) })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(response)
    arrivals.dispatchEvent(new Event('got'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const received = async (count: number): Promise<readonly Got[]> => {
    while (got.length < count) await once(arrivals, 'got')
    return got
  }
  return { origin, got, received }
}

const ok = (response: ServerResponse): unknown => response.writeHead(200).end('ok')
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('no')

/** Alerts of which one fires, and what was logged. */
function firing(options: Partial<AlertsOptions> & Pick<AlertsOptions, 'notify'>) {
  const logged: string[] = []
  const warned = deferred<string>()
  const drop = (): void => {}
  const warn = (_details: object, message: string): void => {
    logged.push(message)
    warned.resolve(message)
  }
  const monitor = alerts({ logger: { debug: drop, info: drop, warn, error: drop }, ...options })
  cleanups.push(() => monitor.close())
  monitor.observer(dead())
  return { monitor, logged, warned: warned.promise }
}

describe('webhookNotifier', () => {
  it('posts the alert as a signed webhook', async () => {
    const { origin, received } = await serve(ok)
    const { monitor } = firing({ notify: webhookNotifier({ url: `${origin}/alerts`, secret }) })
    const [request] = await received(1)
    const [alert] = monitor.firing()
    expect(request?.url).toBe('/alerts')
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': `${alert?.id}_firing`,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'alert.firing',
      timestamp: alert?.firedAt.toISOString(),
      data: JSON.parse(JSON.stringify(alert)),
    })
  })

  it('tells of the end with the time of the end', async () => {
    const { origin, received } = await serve(ok)
    const clock = manualClock()
    firing({ clock, windowMs: 10_000, notify: webhookNotifier({ url: origin, secret }) })
    await received(1)
    await clock.advance(10_000)
    const [, request] = await received(2)
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'alert.resolved',
      timestamp: new Date(clock.now()).toISOString(),
      data: { state: 'resolved' },
    })
  })
})

it('slackNotifier posts the text that an incoming webhook takes, its marks escaped', async () => {
  const { origin, received } = await serve(ok)
  const monitor = alerts({ notify: slackNotifier(new URL(`${origin}/services/T0/B0/x`)), windowMs: 10_000 })
  cleanups.push(() => monitor.close())
  monitor.observer(dead({ provider: '<a>&b' }))
  const [request] = await received(1)
  expect(request?.url).toBe('/services/T0/B0/x')
  expect(request?.headers['content-type']).toBe('application/json')
  expect(JSON.parse(request?.body ?? '')).toEqual({
    text: ':rotating_light: *firing* &lt;a&gt;&amp;b (/webhooks/acme): new dead letters is 1, above 0',
  })
})

it('slackNotifier marks what is resolved', async () => {
  const { origin, received } = await serve(ok)
  const clock = manualClock()
  firing({ clock, windowMs: 10_000, notify: slackNotifier(origin) })
  await received(1)
  await clock.advance(10_000)
  const [, request] = await received(2)
  expect(request?.body).toContain(':white_check_mark: *resolved*')
})

describe('a notifier', () => {
  it('that fails is tried again with the same id, and no more once it is told', async () => {
    const { origin, received, got } = await serve(status(500), status(503), ok)
    const clock = manualClock()
    const { logged } = firing({ clock, notify: webhookNotifier({ url: origin, secret }) })
    for (const count of [1, 2]) {
      await received(count)
      while (clock.scheduled < 2) await settled()
      await clock.advance(4_000)
    }
    const requests = await received(3)
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    await clock.advance(3_600_000)
    expect(got.filter(({ body }) => body.includes('alert.firing'))).toHaveLength(3)
    expect(logged).toEqual([])
  })

  it('that fails each time is a line in the log, which tells no address', async () => {
    const { origin } = await serve(status(404))
    const { warned, monitor } = firing({
      attempts: 1,
      notify: slackNotifier(`${origin}/services/T0/B0/secret`),
    })
    expect(await warned).toBe(
      `nobody was told that acme (/webhooks/acme): new dead letters is 1, above 0 (firing): Error: ${new URL(origin).host} answered 404`,
    )
    expect(monitor.firing()).toHaveLength(1)
  })

  it('is not sent where a redirect leads', async () => {
    const { origin: elsewhere, got } = await serve(ok)
    const { origin } = await serve(status(307, { location: elsewhere }))
    const { warned } = firing({ attempts: 1, notify: slackNotifier(origin) })
    expect(await warned).toContain('answered 307')
    expect(got).toEqual([])
  })

  it('that nobody serves says so', async () => {
    const { origin } = await serve(ok)
    for (const cleanup of cleanups.splice(0)) await cleanup()
    const { warned } = firing({ attempts: 1, notify: slackNotifier(origin) })
    expect(await warned).toMatch(/cannot be reached: .*ECONNREFUSED/)
  })

  it('that hangs is given up after timeoutMs, and disturbs neither observer nor the others', async () => {
    const { origin, received } = await serve(() => {})
    const clock = manualClock()
    const told: string[] = []
    const notify = [slackNotifier(origin), ({ name }: { name: string }) => told.push(name)]
    const { warned, monitor } = firing({ clock, notify, attempts: 1 })
    expect(told).toEqual([])
    await received(1)
    expect(told).toEqual(['dead-letters'])
    monitor.observer(handled())
    while (clock.scheduled < 2) await settled()
    await clock.advance(10_000)
    expect(await warned).toContain('the notifier was not done within 10000 ms')
  })

  it('that throws, or rejects with anything, reaches no receiver', async () => {
    const seen: unknown[] = []
    const throwing = (): never => {
      seen.push('throwing')
      throw new Error('broken')
    }
    const { warned, logged } = firing({ attempts: 1, notify: [throwing, () => Promise.reject(undefined)] })
    await warned
    while (logged.length < 2) await settled()
    expect(seen).toEqual(['throwing'])
    expect(logged[0]).toContain('broken')
  })

  it('that is behind by more than a hundred alerts loses the oldest, and the log says so', async () => {
    const gate = deferred<void>()
    const { monitor, logged } = firing({ notify: () => gate.promise })
    await settled()
    for (let n = 0; n < 102; n++) monitor.observer(dead({ endpoint: `/webhooks/${n}` }))
    expect(logged).toHaveLength(2)
    expect(logged[0]).toMatch(/acme \(\/webhooks\/0\).*more than 100 alerts wait/)
    gate.resolve(undefined)
  })

  it('that fails while alerts are closed is tried once, and close resolves', async () => {
    let tries = 0
    const clock = manualClock()
    const { monitor, logged } = firing({
      clock,
      notify: () => {
        tries++
        throw new Error('away')
      },
    })
    await settled()
    expect(tries).toBe(1)
    await monitor.close()
    expect(tries).toBe(2)
    expect(logged).toHaveLength(1)
  })
})

describe('an address that cannot be used', () => {
  it.each([
    [undefined, /must be an address, such as https/],
    ['not an address', /must be an address/],
    [
      'http://hooks.slack.com/services/x',
      /must begin with https:\/\/, or with http:\/\/ and an address of this machine/,
    ],
    ['http://127.0.0.1.example.com/', /must begin with https/],
    ['ftp://localhost/', /must begin with https/],
    ['https://user:word@example.com/', /no user and no password/],
    ['https://user@example.com/', /no user and no password/],
  ])('throws a TypeError at construction: %s', (url, words) => {
    expect(() => slackNotifier(url)).toThrow(TypeError)
    expect(() => slackNotifier(url)).toThrow(words)
    expect(() => webhookNotifier({ url, secret })).toThrow(words)
  })

  it.each(['https://hooks.slack.com/x', 'http://localhost:9/', 'http://[::1]:9/', 'http://127.8.9.1/'])(
    'is not %s',
    (url) => expect(slackNotifier(url)).toBeTypeOf('function'),
  )

  it('a secret that is missing or none throws too', () => {
    const url = 'https://example.com'
    expect(() => webhookNotifier({ url, secret: undefined })).toThrow(/secret must be text or bytes/)
    expect(() => webhookNotifier({ url, secret: 'whsec_!' })).toThrow(TypeError)
    expect(() => webhookNotifier({ url, key: secret } as never)).toThrow(/no option 'key'/)
  })
})
