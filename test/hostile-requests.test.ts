import { createHmac } from 'node:crypto'
import { createReceiver, fromRawHeaders, memoryInbox } from '@acuse/core'
import type { IncomingRequest } from '@acuse/core/adapter'
import { redcumbre } from '@acuse/providers/redcumbre'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewOrAll } from './support/full.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = fewOrAll(2_000, 20_000)

const sign = (body: Uint8Array): string => createHmac('sha256', secret).update(body).digest('hex')

function bench() {
  const silent = (): void => {}
  const accepted: string[] = []
  const receiver = createReceiver(redcumbre(secret), {
    inbox: memoryInbox({ maxIdempotencyKeys: 100_000 }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    observer: (observation) => observation.type === 'accepted' && accepted.push(observation.id),
  })
  return { receiver, accepted }
}

function incoming(method: string, headers: readonly string[], body: Uint8Array): IncomingRequest {
  return { method, url: '/', headers: fromRawHeaders(headers), read: () => body }
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '__proto__', 'constructor', 'NaN', '\0'),
)
const nearJson = fc.oneof(
  fc.json().map((json) => Buffer.from(json)),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .record({
      event: fc.oneof(text, fc.constantFrom('bhe.emitida', 'onexo.curso-aprobado', 'emisor.revocado')),
      timestamp: fc.oneof(text, fc.constant(new Date().toISOString()), fc.integer()),
      bheId: fc.anything(),
      data: fc.anything(),
      alumno: fc.anything(),
    })
    .map((payload) =>
      Buffer.from(JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? `${value}` : value))),
    ),
)

describe(`hostile requests (N ${numRuns}, seed ${seed})`, () => {
  it('that nobody signed are all refused with a 4xx, whatever they hold', async () => {
    const { receiver, accepted } = bench()
    const name = fc.oneof(text, fc.constantFrom('X-Webhook-Signature', 'content-encoding', 'content-length'))
    const headers = fc
      .array(fc.tuple(name, fc.oneof(text, fc.stringMatching(/^[0-9a-f]{64}$/))))
      .map((pairs) => pairs.flat())
    const method = fc.oneof({ weight: 9, arbitrary: fc.constant('POST') }, { weight: 1, arbitrary: text })
    await fc.assert(
      fc.asyncProperty(method, headers, nearJson, async (verb, head, body) => {
        const { status } = await receiver.handle(incoming(verb, head, body))
        expect(status >= 400 && status < 500).toBe(true)
      }),
      { seed, numRuns },
    )
    expect(accepted).toEqual([])
  })

  it('that are signed, whatever they hold, get 200, 400, 401 or 409: never a throw, never a 5xx', async () => {
    const { receiver } = bench()
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(nearJson, async (body) => {
        const { status } = await receiver.handle(incoming('POST', ['X-Webhook-Signature', sign(body)], body))
        seen.add(status)
        expect([200, 400, 401, 409]).toContain(status)
      }),
      { seed, numRuns },
    )
    expect([...seen].sort()).toEqual(expect.arrayContaining([200, 400, 401]))
    await receiver.close()
  })

  it('that differ from a signed one in one bit of body or signature are refused', async () => {
    const { receiver, accepted } = bench()
    const payload = { event: 'bhe.anulada', timestamp: new Date().toISOString() }
    const body = Buffer.from(JSON.stringify(payload))
    const signature = sign(body)
    const flip = (bytes: Buffer, bit: number): Buffer => {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      return flipped
    }
    for (let bit = 0; bit < body.length * 8; bit++) {
      const { status } = await receiver.handle(
        incoming('POST', ['X-Webhook-Signature', signature], flip(body, bit)),
      )
      expect(status, `body bit ${bit}`).toBe(401)
    }
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const changed = flip(Buffer.from(signature, 'latin1'), bit).toString('latin1')
      const { status } = await receiver.handle(incoming('POST', ['X-Webhook-Signature', changed], body))
      expect(status, `signature bit ${bit}`).toBe(401)
    }
    expect(accepted).toEqual([])
  })
})
