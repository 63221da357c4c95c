// A host that ends with its answer, as Lambda, Vercel and Workers do: `frozen-host.ts` answers one delivery, waits for what it
// was told to wait for, and is killed. HOW names the runtime; the handlers write to HANDLED_LOG, long after the answer.
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, type Receiver, type ReceiverOptions, toFetchHandler } from '@acuse/core'
import * as onHono from '@acuse/hono'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { Hono } from 'hono'
import { handle as onLambda } from 'hono/aws-lambda'
import { handle as onVercel } from 'hono/vercel'
import { secret } from '../adapters/hosts.ts'
import { lambdaEvents } from '../adapters/lambda-events.ts'
import { freshBody, sign } from '../adapters/raw-client.ts'

const { HOW = '', HANDLED_LOG = '' } = process.env
// Longer than the answer waits, in the case where that matters.
const handlerMs = HOW.includes('503') ? 1_500 : 200
const works: Promise<unknown>[] = []
const waitUntil = (work: Promise<unknown>): void => void works.push(work)
const execution = { waitUntil, passThroughOnException() {}, props: {} }
const options: Pick<ReceiverOptions<RedcumbreEvents>, 'on'> = {
  on: {
    '*': async ({ id }) => {
      await sleep(handlerMs)
      appendFileSync(HANDLED_LOG, `${id}\n`)
    },
  },
}

function deliver(): Request {
  const body = freshBody()
  const headers = { 'x-webhook-signature': sign(body) }
  return new Request('https://hooks.example.com/webhooks/redcumbre', {
    method: 'POST',
    body: Uint8Array.from(body),
    headers,
  })
}

const receiver = (more: ReceiverOptions<RedcumbreEvents> = {}): Receiver<RedcumbreEvents> =>
  createReceiver(redcumbre(secret), { ...options, ...more })
const hono = (more: ReceiverOptions<RedcumbreEvents> = {}): Hono =>
  new Hono().use(onHono.redcumbreWebhooks(secret, { ...options, ...more }))
const vercel = (): void => {
  Reflect.set(globalThis, Symbol.for('@vercel/request-context'), { get: () => ({ waitUntil }) })
}

const hosts: Record<string, () => unknown> = {
  'hono executionCtx': () => hono().fetch(deliver(), {}, execution),
  'hono/vercel': () => (vercel(), onVercel(hono())(deliver())),
  'fetch, Workers': () => toFetchHandler(receiver())(deliver(), {}, execution),
  'fetch, the after of Next.js': () => toFetchHandler(receiver(), { waitUntil })(deliver()),
  'hono, 503 with ack: handled': () =>
    hono({ ack: 'handled', ackTimeoutMs: 1_000 }).fetch(deliver(), {}, execution),
  'hono/aws-lambda, ack: handled': () => {
    const event = (lambdaEvents['a REST API'] as () => object)()
    return onLambda(hono({ ack: 'handled' }))(event as never, {} as never)
  },
  'hono/aws-lambda': () => onLambda(hono()),
}

await hosts[HOW]?.()
await Promise.all(works)
process.kill(process.pid, 'SIGKILL')
