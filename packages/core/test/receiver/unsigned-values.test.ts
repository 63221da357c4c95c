import { describe, expect, it } from 'vitest'
import { type Envelope, hmac, memoryInbox, type Provider, type WebhookRequest } from '../../src/index.ts'
import { coveredBy } from '../../src/lib/parts.ts'
import { signedView } from '../../src/receiver/envelope-view.ts'
import { type AcmeEvents, bench, bytesOf, paid, secret, signatureOf, signed } from '../support/acme.ts'

type Read = Provider<AcmeEvents>['envelope']

const body = { id: 'o-1', amount: 12, at: paid.at }
const first = (request: WebhookRequest, name: string) => request.headers.values(name)[0] as string

/** How a provider may read its envelope; each takes something that nobody signed. */
const readers: Record<string, Read> = {
  'the type from a header': ({ id, at }, request) => ({
    type: first(request, 'x-event'),
    time: at,
    idempotencyKey: [String(id)],
  }),
  'the type from a header, in lower case behind a prefix': ({ id, at }, request) => ({
    type: `acme.${first(request, 'x-event').toLowerCase()}`,
    time: at,
    idempotencyKey: [String(id)],
  }),
  'the type from a header that it insists on': ({ id, at }, request) => {
    const type = first(request, 'x-event')
    return type ? { type, time: at, idempotencyKey: [String(id)] } : { code: 'header-missing' }
  },
  'the type from the path': ({ id, at }, { url }) => ({
    type: url.split('/').at(-1) || 'none',
    time: at,
    idempotencyKey: [String(id)],
  }),
  'the id of the delivery from a header': ({ at }, request) => ({
    type: 'order.paid',
    time: at,
    idempotencyKey: [first(request, 'x-event')],
  }),
  'an id from a header beside a signed one': ({ id, at }, request) => ({
    type: 'order.paid',
    time: at,
    idempotencyKey: [String(id), first(request, 'x-event')],
  }),
  'the type from the method': ({ at }, { method }) => ({ type: method, time: at, idempotencyKey: ['o-1'] }),
}

describe('a captured request under a thousand invented names is one run', () => {
  for (const [what, envelope] of Object.entries(readers)) {
    for (const level of ['accepted', 'handled'] as const) {
      it(`where the provider reads ${what} (ack: '${level}')`, async () => {
        let runs = 0
        const options =
          level === 'handled'
            ? { ack: level, inbox: undefined as never }
            : { inbox: memoryInbox({ maxIdempotencyKeys: 2_000 }) }
        const { receiver } = bench({ ...options, handle: 'all' }, { envelope })
        receiver.onUnknown(() => runs++)
        receiver.on('*', () => runs++)
        const kinds = new Map<string, number>()
        for (let n = 0; n < 1_000; n++) {
          const request = {
            ...signed(body, ['X-Event', `Event-${n}`]),
            url: `/hooks/${n}`,
            method: `POST${n}`,
          }
          const { kind } = await receiver.receive(request)
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
        }
        await receiver.onIdle()
        // Under another name that nobody signed it is no copy of what was accepted, and no event either.
        const others = what.startsWith('the type') ? 'rejected' : 'duplicate'
        expect(Object.fromEntries(kinds)).toEqual({ accepted: 1, [others]: 999 })
        expect(runs).toBe(1)
      })
    }
  }
})

describe('what an envelope reads', () => {
  const kindsOf = async (changes: Partial<Provider<AcmeEvents>>, requests: readonly WebhookRequest[]) => {
    const { receiver, codes } = bench({ inbox: memoryInbox({ maxIdempotencyKeys: 100 }) }, changes)
    const kinds: string[] = []
    for (const request of requests) kinds.push((await receiver.receive(request)).kind)
    return { kinds, codes: codes() }
  }
  const typed: Read = readers['the type from a header'] as Read

  it('from the body is signed: another type is another event, with the same id', async () => {
    const envelope: Read = ({ type, id, at }) => ({
      type: String(type),
      time: at,
      idempotencyKey: [String(id)],
    })
    const { kinds } = await kindsOf({ envelope }, [
      signed({ ...body, type: 'order.paid' }),
      signed({ ...body, type: 'user-created' }),
    ])
    expect(kinds).toEqual(['accepted', 'accepted'])
  })

  it('from a header that the scheme signs is signed', async () => {
    const scheme = hmac({
      header: 'X-Acme-Signature',
      secret,
      signs: [{ header: 'X-Event', as: 'id' }, { text: '.' }, { raw: 'body' }],
    })
    const signedBoth = (type: string): WebhookRequest => {
      const bytes = bytesOf(body)
      const signature = signatureOf(Buffer.concat([Buffer.from(`${type}.`), bytes]))
      return signed(bytes, ['X-Event', type, 'X-Acme-Signature', signature])
    }
    const { kinds } = await kindsOf({ scheme, envelope: typed }, [
      signedBoth('a'),
      signedBoth('b'),
      signedBoth('a'),
    ])
    expect(kinds).toEqual(['accepted', 'accepted', 'duplicate'])
  })

  it('signs nothing more than the rest where the scheme signs nothing', async () => {
    const scheme = { ...hmac({ header: 'X-Acme-Signature', secret }), signs: [] }
    const { kinds } = await kindsOf({ scheme, envelope: typed }, [
      signed(body, ['X-Event', 'a']),
      signed(body, ['X-Event', 'b']),
    ])
    expect(kinds).toEqual(['accepted', 'accepted'])
  })

  it('of an unsigned type keeps the signed id: a retry with other bytes is a conflict, another id another event', async () => {
    const { kinds, codes } = await kindsOf({ envelope: typed }, [
      signed(body, ['X-Event', 'a']),
      signed({ ...body, amount: 13 }, ['X-Event', 'a']),
      signed({ ...body, id: 'o-2' }, ['X-Event', 'a']),
    ])
    expect(kinds).toEqual(['accepted', 'rejected', 'accepted'])
    expect(codes).toEqual(['conflict'])
  })

  it('as a time that nobody signed is refused where the provider states that it is signed', async () => {
    const envelope: Read = ({ id }, request) => ({
      type: 'order.paid',
      time: first(request, 'x-time'),
      idempotencyKey: [String(id)],
    })
    const request = signed(body, ['X-Time', String(paid.at)])
    const stated = bench({}, { envelope })
    expect(await stated.receiver.receive(request)).toMatchObject({ status: 400, code: 'envelope-invalid' })
    expect(stated.observations).toMatchObject([
      { error: { message: expect.stringContaining('say signed: false') } },
    ])
    const time = { of: 'event', format: 'rfc3339', required: true, signed: false } as const
    expect((await bench({}, { envelope, time }).receiver.receive(request)).status).toBe(200)
  })

  it('is the business of a header that must repeat a field', async () => {
    const repeats = { 'X-Order': 'order.id' }
    const of = async (id: unknown, ...headers: string[]) => {
      const { receiver, codes } = bench({ inbox: memoryInbox({ maxIdempotencyKeys: 10 }) }, { repeats })
      const outcome = await receiver.receive(signed({ ...paid, order: { id } }, headers))
      return outcome.kind === 'rejected' ? [outcome.status, ...codes()] : outcome.kind
    }
    expect(await of('a', 'X-Order', 'a')).toBe('accepted')
    expect(await of('ñ', 'X-Order', Buffer.from('ñ').toString('latin1'))).toBe('accepted')
    expect(await of('ñ', 'X-Order', 'ñ')).toBe('accepted')
    expect(await of('a')).toEqual([401, 'header-missing'])
    expect(await of('a', 'X-Order', 'a', 'x-order', 'a')).toEqual([401, 'header-repeated'])
    expect(await of('a', 'X-Order', 'b')).toEqual([401, 'header-mismatch'])
    expect(await of(7, 'X-Order', '7')).toEqual([401, 'header-mismatch'])
  })

  it('three events without an id are three', async () => {
    for (const idempotencyKey of [
      undefined,
      [],
      [undefined],
      [''],
      ['undefined'],
    ] as Envelope['idempotencyKey'][]) {
      const envelope: Read = ({ at }) => ({ type: 'order.paid', time: at, idempotencyKey })
      const requests = [1, 2, 3].map((amount) => signed({ ...body, amount }))
      expect((await kindsOf({ envelope }, requests)).kinds).toEqual(['accepted', 'accepted', 'accepted'])
    }
  })
})

describe('what is left of a request when only what is signed is looked at', () => {
  it('is its body and the headers that the scheme signs', () => {
    const covered = coveredBy({ signs: [{ header: 'x-id', as: 'id' }, { raw: 'body' }] })
    const { headers } = signedView(signed(paid, ['x-id', 'i', 'x-event', 'e']), covered)
    expect(headers.values('x-id')).toEqual(['i'])
    expect(headers.values('x-event')).toEqual([])
  })
})
