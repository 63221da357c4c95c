import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createReceiver,
  memoryInbox,
  type ReceiverOptions,
  systemClock,
  toFetchHandler,
} from '../../src/index.ts'
import { accepted, rejected } from '../../src/model/outcome.ts'
import { checkRuntime, stayAwake, toEndWarning, waitUntilOf } from '../../src/receiver/after-answer.ts'
import { acme, bench, bytesOf, paid, signatureOf, startAt } from '../support/acme.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const post = (): Request => {
  const body = bytesOf(paid)
  const headers = { 'x-acme-signature': signatureOf(body) }
  return new Request('https://example.test/', { method: 'POST', body, headers })
}

const warned: unknown[] = []
const warnings = (): unknown[] => warned
const warning = ['AcuseWarning', 'ACUSE_STOPS_WITH_ANSWER'] as const
const stopsInMemory =
  "stops when the answer is given, and with it the handlers of a delivery that is in memory only. Say ack: 'handled', or give a durable inbox (docs/acknowledging.md names them) that another process works on, with work: false here. memoryInbox() says that it is meant"
const stopsUntold =
  "stops when the answer is given, and nothing tells it to wait for the handlers. Hand its context on, as in handler(request, env, context), or give toFetchHandler the option waitUntil; or say ack: 'handled', or give a durable inbox (docs/acknowledging.md names them)"

beforeEach(() => {
  warned.length = 0
  vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warned.push(message))
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  for (const name of ['@vercel/request-context', '@next/request-context'])
    Reflect.deleteProperty(globalThis, Symbol.for(name))
})

/** The promises given to `waitUntil`, and that `waitUntil`. */
function runtime() {
  const works: Promise<unknown>[] = []
  return { works, waitUntil: (work: Promise<unknown>) => void works.push(work) }
}

describe('a runtime that stops with its answer', () => {
  it('is kept alive until the answer where it is AWS Lambda, which answers for an invocation that nothing keeps alive', async () => {
    const alive = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const added = async (): Promise<number> => {
      const { receiver } = bench({ ack: 'handled' })
      receiver.on('order.paid', () => {})
      const before = alive()
      const answered = toFetchHandler(receiver)(post())
      // In the same turn: no other timer has come or gone.
      const during = alive()
      expect((await answered).status).toBe(200)
      return during - before
    }
    expect(await added()).toBe(0)
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    expect(await added()).toBe(1)
  })

  it('is told to wait by the context that it hands over, as the third argument or the second, or by the option', async () => {
    const { receiver } = bench()
    const [third, second, option] = [runtime(), runtime(), runtime()]
    await toFetchHandler(receiver)(post(), {}, third)
    await receiver.close()
    await toFetchHandler(bench().receiver)(post(), second)
    await toFetchHandler(bench().receiver, { waitUntil: option.waitUntil })(post(), {}, third)
    expect([third.works.length, second.works.length, option.works.length]).toEqual([1, 1, 1])
  })

  it.each(['@vercel/request-context', '@next/request-context'])('is told where it keeps %s', async (name) => {
    const { works, waitUntil } = runtime()
    Reflect.set(globalThis, Symbol.for(name), { get: () => ({ waitUntil }) })
    await toFetchHandler(bench().receiver)(post())
    expect(works).toHaveLength(1)
  })

  it('is told by the context of Netlify', async () => {
    const { works, waitUntil } = runtime()
    vi.stubGlobal('Netlify', { context: { waitUntil } })
    await toFetchHandler(bench().receiver)(post())
    expect(works).toHaveLength(1)
  })

  it('is told after a 503 whose handlers go on, and not after a forged request', async () => {
    const { works, waitUntil } = runtime()
    let finish = (): void => {}
    const handling = new Promise<void>((resolve) => {
      finish = resolve
    })
    const receiver = createReceiver(acme(), {
      ack: 'handled',
      ackTimeoutMs: 20,
      on: { 'order.paid': () => handling },
      clock: { ...systemClock, now: () => Date.parse(startAt) },
    })
    const handler = toFetchHandler(receiver, { waitUntil })
    const forged = new Request('https://example.test/', { method: 'POST', body: 'x' })
    expect((await handler(forged)).status).toBe(401)
    expect(works).toHaveLength(0)
    expect((await handler(post())).status).toBe(503)
    expect(works).toHaveLength(1)
    finish()
    await works[0]
  })

  it('changes no answer when what it hands over throws', async () => {
    const waitUntil = (): never => {
      throw new Error('no')
    }
    expect((await toFetchHandler(bench().receiver, { waitUntil })(post())).status).toBe(200)
  })

  it.each<[string, () => void]>([
    ['Workers', () => vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })],
    ['Vercel', () => vi.stubEnv('VERCEL', '1')],
    ['Netlify', () => vi.stubGlobal('Netlify', {})],
  ])('such as %s: a process warning says once that nothing tells it to wait', async (name, stub) => {
    stub()
    const { receiver } = bench()
    expect(warnings()).toEqual([])
    const handler = toFetchHandler(receiver)
    await handler(post())
    await toFetchHandler(bench().receiver)(post())
    expect(warnings()).toEqual([`${name} ${stopsUntold}`])
    expect(process.emitWarning).toHaveBeenLastCalledWith(`${name} ${stopsUntold}`, ...warning)
  })

  it('says nothing where what was acknowledged lasts', async () => {
    vi.stubEnv('VERCEL', 'again')
    const inbox = Object.defineProperty(memoryInbox(), 'durability', { value: 'durable' })
    await toFetchHandler(bench({ inbox }).receiver)(post())
    expect(warnings()).toEqual([])
  })
})

describe('a runtime that cannot be told to wait', () => {
  const lasting = () => Object.defineProperty(memoryInbox(), 'durability', { value: 'durable' })
  const construct = (options: ReceiverOptions<never> = {}) => createReceiver(acme() as never, options)

  it('such as AWS Lambda: a receiver whose inbox is in memory does not construct, and says what to do', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    expect(() => construct()).toThrow(TypeError)
    expect(() => construct()).toThrow(/^AWS Lambda stops .*ack: 'handled'.*durable inbox/)
  })

  it('such as AWS Lambda: takes what lasts, and warns where memory is meant', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    const inbox = lasting()
    for (const options of [{ ack: 'handled' as const }, { inbox, work: false }])
      await construct(options).close()
    expect(warnings().filter((message) => String(message).startsWith('AWS Lambda'))).toEqual([])
    for (const work of [true, false]) await construct({ inbox: memoryInbox(), work }).close()
    expect(warnings().slice(-2)).toEqual(Array(2).fill(expect.stringMatching(/^AWS Lambda stops/)))
  })

  it.each<[string, Record<string, string>]>([
    ['AWS Lambda', { AWS_LAMBDA_FUNCTION_NAME: 'hooks' }],
    ['Cloud Functions', { K_SERVICE: 'hooks', FUNCTION_TARGET: 'hooks' }],
  ])('such as %s: warns where it works on a durable inbox, whose leases would run out', async (name, env) => {
    for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value)
    await construct({ inbox: lasting() }).close()
    expect(warnings()).toEqual([
      expect.stringMatching(new RegExp(`^${name} stops .* a delivery that is leased.*work: false here`)),
    ])
  })

  it('such as Google Cloud Functions, which are told from Cloud Run by the name of the function', () => {
    vi.stubEnv('K_SERVICE', 'hooks')
    vi.stubEnv('FUNCTION_TARGET', 'receive')
    expect(() => construct()).toThrow(/^Cloud Functions stops .*ack: 'handled'.*durable inbox/)
    vi.stubEnv('K_SERVICE', undefined)
    expect(() => construct()).not.toThrow()
  })

  it('such as Azure Functions, which may take the instance away: no default, and a durable inbox is worked on', async () => {
    vi.stubEnv('FUNCTIONS_WORKER_RUNTIME', 'node')
    expect(() => construct()).toThrow(/^Azure Functions may stop .*ack: 'handled'.*durable inbox/)
    for (const options of [{ ack: 'handled' as const }, { inbox: lasting() }])
      await construct(options).close()
    expect(warnings()).toEqual([])
    await construct({ inbox: memoryInbox() }).close()
    expect(warnings()).toEqual([expect.stringMatching(/^Azure Functions may stop/)])
  })

  it('is none where a platform that can be told runs on it: Vercel and Netlify on AWS Lambda', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    vi.stubEnv('VERCEL', '1')
    await construct().close()
    vi.stubEnv('VERCEL', undefined)
    vi.stubGlobal('Netlify', {})
    await construct().close()
    expect(warnings().filter((message) => /stops?/.test(String(message)))).toEqual([])
  })

  it('such as Cloud Run without CPU between requests, of which nobody can be sure: warns', () => {
    vi.stubEnv('K_SERVICE', 'hooks')
    construct()
    expect(warnings()).toContainEqual(expect.stringMatching(/^Cloud Run .*ack: 'handled'/))
  })
})

describe('what a runtime is told', () => {
  const memory = { ack: 'accepted', inbox: { durability: 'volatile' } } as const
  const onIdle = async (): Promise<void> => {}

  it.each([
    ['an accepted delivery', accepted('accepted', ['id'], new Date(0)), 1],
    ['a duplicate', accepted('duplicate', ['id'], new Date(0)), 0],
    ['one that another copy runs', rejected('in-flight'), 1],
    ['an inbox that is still deciding', rejected('inbox-timeout'), 1],
    ['a dedupe store that is still deciding', rejected('dedupe-timeout'), 1],
    ['handlers of which one failed', rejected('handler-failed'), 1],
    ['a full inbox', rejected('inbox-full'), 0],
    ['a forged request', rejected('signature-mismatch'), 0],
  ])('is to wait where work goes on after the answer: %s', (_, outcome, times) => {
    const { works, waitUntil } = runtime()
    stayAwake({ waitUntil }, outcome, { onIdle }, toEndWarning(memory))
    expect(works).toHaveLength(times)
    expect(warnings()).toEqual([])
  })

  it('is nothing where it can stop, nor is the operator', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    vi.stubEnv('K_SERVICE', 'hooks')
    stayAwake({}, accepted('accepted', ['id'], new Date(0)), { onIdle }, toEndWarning(memory))
    expect(warnings()).toEqual([])
  })

  it('may reject without an end of the process', () => {
    const { works, waitUntil } = runtime()
    const fails = { onIdle: () => Promise.reject(new Error('away')) }
    stayAwake({ waitUntil }, accepted('accepted', ['id'], new Date(0)), fails, toEndWarning(memory))
    expect(works).toHaveLength(1)
  })

  it('is told as a call of what it handed over', () => {
    const works: unknown[] = []
    const context = {
      works,
      waitUntil(work: unknown) {
        this.works.push(work)
      },
    }
    const work = Promise.resolve()
    waitUntilOf(context)?.(work)
    expect(works).toEqual([work])
    const holder = {
      context,
      get() {
        return this.context
      },
    }
    Reflect.set(globalThis, Symbol.for('@vercel/request-context'), holder)
    stayAwake({}, accepted('accepted', ['id'], new Date(0)), { onIdle }, toEndWarning(memory))
    expect(works).toHaveLength(2)
    for (const none of [undefined, null, {}, { waitUntil: true }]) expect(waitUntilOf(none)).toBeUndefined()
  })

  it.each<[string, object | undefined]>([
    ['holds no function', { get: true }],
    ['knows no context', { get: () => undefined }],
    ['knows a context without it', { get: () => ({}) }],
  ])('is told elsewhere where a place %s', (_, holder) => {
    const { works, waitUntil } = runtime()
    Reflect.set(globalThis, Symbol.for('@vercel/request-context'), holder)
    Reflect.set(globalThis, Symbol.for('@next/request-context'), { get: () => ({ waitUntil }) })
    stayAwake({}, accepted('accepted', ['id'], new Date(0)), { onIdle }, toEndWarning(memory))
    expect(works).toHaveLength(1)
  })

  it('is what the operator is told where it cannot be, with the remedy', () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    checkRuntime(memory, true)
    expect(emitted).toHaveBeenLastCalledWith(`AWS Lambda ${stopsInMemory}`, ...warning)
    expect(() => checkRuntime(memory, false)).toThrow(new TypeError(`AWS Lambda ${stopsInMemory}`))
    vi.unstubAllEnvs()
    vi.stubEnv('K_SERVICE', 'hooks')
    checkRuntime(memory, false)
    expect(emitted).toHaveBeenLastCalledWith(
      `Cloud Run that has no CPU between requests ${stopsInMemory}`,
      ...warning,
    )
    expect(emitted).toHaveBeenCalledTimes(2)
    vi.stubEnv('VERCEL', '1')
    checkRuntime(memory, false)
    expect(emitted).toHaveBeenCalledTimes(2)
  })
})
