import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromRawHeaders, type Provider, type Scheme, type WebhookRequest } from '../../src/index.ts'
import { bytesOf, secret } from '../support/acme.ts'
import { type AnyEvents, countsOf, request, ruledBench, verdictOf } from '../support/ruled.ts'
import { schemeOf } from '../support/schemes.ts'
import { capturedBody as body, unsignedReadings } from '../support/unsigned-readings.ts'

type Changes = Partial<Provider<AnyEvents>>

const invented = 1_000
const key = [{ body: 'id' }]

describe('a captured request under a thousand invented headers and parameters', () => {
  for (const [what, changes] of Object.entries(unsignedReadings))
    for (const level of ['accepted', 'handled'] as const)
      it(`is one event and one run where the provider reads ${what} (ack: '${level}')`, async () => {
        let runs = 0
        const { receiver, inbox } = ruledBench(changes, {}, level)
        receiver.on('*', () => runs++)
        const verdicts: string[] = []
        for (let n = 0; n < invented; n++) {
          const url = `/webhooks/ruled?event=Event-${n}`
          verdicts.push(verdictOf(await receiver.receive(request(body, ['X-Event', `Event-${n}`], { url }))))
        }
        verdicts.push(verdictOf(await receiver.receive(request(body))))
        await receiver.onIdle()
        const { accepted = 0, duplicate = 0, ...refused } = countsOf(verdicts)
        expect(accepted).toBe(1)
        expect(Object.keys(refused).every((verdict) => /^(?:401|409|400) /.test(verdict))).toBe(true)
        expect(duplicate).toBeLessThanOrEqual(invented)
        expect(runs).toBe(1)
        expect((await inbox.stats()).dead).toBeLessThanOrEqual(3)
      })
})

describe('another type under the same body', () => {
  const typed: Changes = { eventRules: [{ type: [{ header: 'X-Event' }] }], events: ['a', 'b', 'c'] }
  const receiveAll = async (changes: Changes, headers: readonly string[]) => {
    const { receiver, inbox } = ruledBench(changes)
    const verdicts: string[] = []
    for (const header of headers)
      verdicts.push(verdictOf(await receiver.receive(request(body, ['X-Event', header]))))
    const { letters } = await inbox.deadLetters.list()
    return { verdicts, types: letters.map(({ type }) => type), said: letters.map(({ message }) => message) }
  }

  it('is a type conflict, and a dead letter where the type is documented, once each', async () => {
    const names = ['a', 'b', 'x', 'b', 'y', 'c', 'a', 'z']
    const { verdicts, types, said } = await receiveAll(typed, names)
    const conflict = '401 type-conflict'
    expect(verdicts).toEqual(['accepted', ...Array(5).fill(conflict), 'duplicate', conflict])
    expect([...types].sort()).toEqual(['b', 'c'])
    const why = 'Error: The same body was accepted as another type, which nobody signed'
    expect(said).toEqual([why, why])
  })

  it('is kept nowhere where the provider documents none', async () => {
    const { verdicts, types } = await receiveAll({ ...typed, events: undefined as never }, ['a', 'b'])
    expect(verdicts).toEqual(['accepted', '401 type-conflict'])
    expect(types).toEqual([])
  })

  it('is a conflict where the body names an id, under which another body may have come', async () => {
    const eventRules = [{ type: [{ header: 'X-Event' }], idempotencyKey: key }]
    const { verdicts, types, said } = await receiveAll({ ...typed, eventRules }, ['a', 'b', 'x'])
    expect(verdicts).toEqual(['accepted', '409 conflict', '409 conflict'])
    expect(types).toEqual(['b'])
    expect(said).toEqual([expect.stringContaining('Another body, or this one as another type')])
  })

  it('is said in the log, and to nobody outside', async () => {
    const { receiver, lines } = ruledBench(typed)
    await receiver.receive(request(body, ['X-Event', 'a']))
    const outcome = await receiver.receive(request(body, ['X-Event', 'not-documented']))
    expect(outcome).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' })
    expect(lines).toEqual([expect.stringContaining('authentic, and refused with 401 type-conflict')])
  })
})

/** A proof over `id` and `type` of the body, and of nothing else. */
function partialScheme(changes: Partial<Record<keyof Scheme, unknown>> = {}): Scheme {
  const bytes = ({ body: sent }: WebhookRequest) => {
    const { id, type } = JSON.parse(Buffer.from(sent).toString()) as Record<string, string>
    return Buffer.from(`${id}\n${type}`)
  }
  return schemeOf({
    name: 'partial',
    signs: [{ body: 'id' }, { text: '\n' }, { body: 'type' }],
    signedBytes: bytes,
    verify: (sent: WebhookRequest) =>
      sent.headers.values('x-mac')[0] === createHmac('sha256', secret).update(bytes(sent)).digest('hex')
        ? { keyId: 'k' }
        : { code: 'signature-mismatch' },
    ...changes,
  })
}

function partial(
  payload: { readonly id: string; readonly type: string },
  headers: string[] = [],
): WebhookRequest {
  const mac = createHmac('sha256', secret).update(`${payload.id}\n${payload.type}`).digest('hex')
  return {
    method: 'POST',
    url: '/',
    headers: fromRawHeaders(['X-Mac', mac, ...headers]),
    body: bytesOf(payload),
  }
}

describe('a body of which a part is signed', () => {
  const rules: Record<string, Changes['eventRules']> = {
    'a signed id': [{ type: [{ body: 'type' }], idempotencyKey: key }],
    'an unsigned id': [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'event' }] }],
    'no id': [{ type: [{ body: 'type' }] }],
    'an unsigned type': [{ type: [{ body: 'event' }] }],
  }
  for (const [what, eventRules] of Object.entries(rules))
    for (const level of ['accepted', 'handled'] as const)
      it(`is one event and one run, whatever the rest says, with ${what} (ack: '${level}')`, async () => {
        let runs = 0
        const { receiver, inbox } = ruledBench(
          { scheme: partialScheme(), ...(eventRules && { eventRules }) },
          {},
          level,
        )
        receiver.on('*', () => runs++)
        const verdicts: string[] = []
        for (let n = 0; n < invented; n++)
          verdicts.push(
            verdictOf(await receiver.receive(partial({ id: 'o-1', type: 't', event: `e-${n}` } as never))),
          )
        verdicts.push(
          verdictOf(await receiver.receive(partial({ id: 'o-1', type: 't', event: 'e-0' } as never))),
        )
        await receiver.onIdle()
        expect(countsOf(verdicts)).toEqual({ accepted: 1, '409 conflict': invented - 1, duplicate: 1 })
        expect(runs).toBe(1)
        expect((await inbox.stats()).dead, 'an attacker can make any number of them').toBe(0)
      })

  it('is another event under another signature', async () => {
    const { receiver } = ruledBench({ scheme: partialScheme(), eventRules: [{ type: [{ body: 'type' }] }] })
    const verdicts = [
      await receiver.receive(partial({ id: 'o-1', type: 't' })),
      await receiver.receive(partial({ id: 'o-2', type: 't' })),
      await receiver.receive(partial({ id: 'o-2', type: 'u' })),
    ].map(verdictOf)
    expect(verdicts).toEqual(['accepted', 'accepted', 'accepted'])
  })

  it.each<[string, () => unknown]>([
    ['throws', () => expect.unreachable()],
    ['answers nothing', () => undefined],
    ['answers text', () => 'signed'],
    ['answers a promise', async () => new Uint8Array(1)],
    ['answers a promise that rejects', () => Promise.reject(new Error('late'))],
  ])('is refused where the scheme %s for the bytes that it signs', async (_, signedBytes) => {
    const { receiver, codes } = ruledBench({
      scheme: partialScheme({ signedBytes }),
      eventRules: [{ type: [{ body: 'type' }] }],
    })
    expect(verdictOf(await receiver.receive(partial({ id: 'o-1', type: 't' })))).toBe('500 scheme-failed')
    expect(codes()).toEqual(['scheme-failed'])
  })
})
