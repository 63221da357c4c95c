import { afterAll, beforeAll, expect } from 'vitest'

// One suite, every adapter, over real sockets and a client that is not polite. What differs, and why:
// - toNodeHandler and toFetchHandler answer on every path: routing is their caller's (`routingHosts`).
// - A fetch handler sees repeated headers joined by a comma: `header-malformed` instead of `header-repeated`,
//   and the same 401.
// - Fastify's JSON parser cannot come before the webhooks, which answer in onRequest; a hook can, and is tested.

export const json = { 'content-type': 'application/json', connection: 'keep-alive' }

export const unauthorized = {
  status: 401,
  headers: { ...json, 'content-length': '24', connection: 'close' },
  body: '{"error":"unauthorized"}',
  closed: true,
}

const uncaught: unknown[] = []

const onUncaught = (error: unknown): void => {
  uncaught.push(error)
}

beforeAll(() => {
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught)
})

afterAll(() => {
  process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught)
  expect(uncaught).toEqual([])
})
