import { describe, expect, it } from 'vitest'
import { createHandle } from '../../src/handlers/process-delivery.ts'
import { RecentPayloads } from '../../src/handlers/recent-payloads.ts'
import { createRouter } from '../../src/handlers/router.ts'
import { type Delivery, explain, memoryInbox, type Provider } from '../../src/index.ts'
import { manualClock, settled } from '../support/clock.ts'
import { type AnyEvents, request, ruled, ruledBench, verdictOf } from '../support/ruled.ts'

type Changes = Partial<Provider<AnyEvents>>

const form = 'application/x-www-form-urlencoded'
const bodies: NonNullable<Changes['bodies']> = {
  'application/json': 'json',
  [form]: { jsonIn: 'payload' },
}
const text: NonNullable<Changes['bodies']> = { 'text/plain': 'text' }
const eventRules: NonNullable<Changes['eventRules']> = [
  { when: { body: 'type', exists: true }, type: [{ body: 'type' }] },
  { type: [{ text: 'text' }] },
]

/** The payload that handlers see at once, and the one that they see after a restart, of what was stored. */
async function seenTwice(changes: Changes, body: unknown, headers: readonly string[]) {
  const stored: Delivery[] = []
  const inbox = memoryInbox({ maxIdempotencyKeys: 100 })
  const accept: typeof inbox.accept = inbox.accept.bind(inbox)
  Object.assign(inbox, {
    accept: (...[delivery, options]: Parameters<typeof accept>) => {
      stored.push(delivery)
      return accept(delivery, options)
    },
  })
  const { receiver } = ruledBench({ eventRules, ...changes }, { inbox })
  const seen: unknown[] = []
  receiver.on('*', ({ payload }) => seen.push(payload))
  const outcome = await receiver.receive(request(body, headers))
  await settled()
  const provider = ruled({ eventRules, ...changes })
  const router = createRouter<AnyEvents>(provider)
  const again: unknown[] = []
  router.on('*', ({ payload }) => again.push(payload))
  const silent = () => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const settings = {
    handlerTimeoutMs: 1_000,
    maxPayloadValues: 100,
    logger,
    clock: manualClock(),
    payloads: new RecentPayloads(),
  }
  const handle = createHandle(provider, router, settings)
  const lease = { attempt: 2, completed: [], signal: new AbortController().signal }
  for (const delivery of stored) expect(await handle(delivery, lease)).toMatchObject({ status: 'done' })
  return {
    verdict: verdictOf(outcome),
    seen,
    again,
    types: stored.map(({ headers: kept }) => kept['content-type']),
  }
}

describe('a body of a documented format', () => {
  it.each<[string, unknown, string, unknown, Changes]>([
    ['JSON', { type: 't' }, 'application/json; charset=utf-8', { type: 't' }, {}],
    ['JSON in a form', Buffer.from('payload=%7B%22type%22%3A%22t%22%7D'), form, { type: 't' }, {}],
    ['a form', Buffer.from('type=t&a=1&a=2'), form.toUpperCase(), { type: 't', a: ['1', '2'] }, {}],
    ['text', Buffer.from('hello {'), 'text/plain', 'hello {', { bodies: text }],
    [
      'what a function parses',
      Buffer.from('a;b'),
      'text/csv',
      { type: 't', all: ['a', 'b'] },
      {
        bodies: {
          'text/csv': { parse: (body) => ({ type: 't', all: Buffer.from(body).toString().split(';') }) },
        },
      },
    ],
    [
      'any other, where that is documented',
      Buffer.from('type=t'),
      'x/y',
      { type: 't' },
      { bodies: { '*': 'form' } },
    ],
  ])('is read, and after a restart read again alike: %s', async (_, body, type, payload, changes) => {
    const found = await seenTwice({ bodies, ...changes }, body, ['Content-Type', type])
    expect(found).toEqual({ verdict: 'accepted', seen: [payload], again: [payload], types: [type] })
  })

  it('is read again alike where it came without a media type', async () => {
    const found = await seenTwice({ bodies: { '*': 'form' } }, Buffer.from('type=t'), [])
    expect(found).toMatchObject({ seen: [{ type: 't' }], again: [{ type: 't' }], types: [undefined] })
  })

  it.each<[string, Changes, string, readonly string[]]>([
    ['JSON in a form', { bodies }, `payload=${encodeURIComponent('[{"type":"t"}]')}`, ['Content-Type', form]],
    ['a format of any type, without one', { bodies: { '*': { parse: () => [{ type: 't' }] } } }, 'x', []],
    ['JSON without a media type', {}, '[{"type":"t"}]', []],
    [
      'JSON in a form, where JSON itself is not documented',
      { bodies: { [form]: { jsonIn: 'payload' } } },
      `payload=${encodeURIComponent('[{"type":"t"}]')}`,
      ['Content-Type', form],
    ],
  ])(
    'that holds a batch is stored as JSON, and read again as that: %s',
    async (_, changes, body, headers) => {
      const found = await seenTwice({ items: '', ...changes }, Buffer.from(body), headers)
      expect(found).toMatchObject({ verdict: 'accepted', seen: [{ type: 't' }], again: [{ type: 't' }] })
    },
  )

  it('that holds a notice is stored as JSON, and read again as that', async () => {
    const thin = { id: { body: 'id' } }
    const found = await seenTwice({ bodies, thin }, Buffer.from('type=t&id=7'), ['Content-Type', form])
    expect(found).toMatchObject({ verdict: 'accepted', seen: [{ id: '7' }], again: [{ id: '7' }] })
  })
})

describe('a body of another format than its media type says', () => {
  it.each<[string, string, string, string]>([
    ['JSON as a form', '{"type":"t"}', form, '400 body-malformed'],
    ['a form as JSON', 'type=t', 'application/json', '400 body-not-json'],
    ['JSON as what is not documented', '{"type":"t"}', 'text/xml', '415 media-type-unsupported'],
    ['JSON of no type', '{"type":"t"}', '', '415 media-type-unsupported'],
    ['XML as a form', '<type>t</type>', form, '400 body-malformed'],
    ['no UTF-8', '\xff', form, '400 body-not-utf8'],
  ])('is refused: %s', async (_, body, type, verdict) => {
    const { receiver } = ruledBench({ bodies: { ...bodies }, eventRules })
    const headers = type === '' ? [] : ['Content-Type', type]
    expect(verdictOf(await receiver.receive(request(Buffer.from(body, 'latin1'), headers)))).toBe(verdict)
  })

  it('that throws when it is looked at is the fault of its parser', async () => {
    const value = Object.defineProperty({}, 'type', { enumerable: true, get: () => expect.unreachable() })
    const changes: Changes = { bodies: { 'text/x': { parse: () => value } } }
    const sent = request(Buffer.from('x'), ['Content-Type', 'text/x'])
    const { receiver, observations } = ruledBench(changes)
    expect(verdictOf(await receiver.receive(sent))).toBe('500 receiver-failed')
    expect(observations).toMatchObject([{ authentic: true }])
    expect(await explain(sent, ruled(changes))).toMatchObject({ code: 'receiver-failed' })
  })

  it.each<[string, object]>([
    [
      'its type is signed',
      { signs: [{ header: 'content-type', as: 'text' }, { text: '.' }, { raw: 'body' }] },
    ],
    ['nothing is signed', { signs: [] }],
  ])('is text, beside other formats, where %s', async (_, scheme) => {
    const { scheme: own } = ruled()
    const trusting = { ...own, ...scheme, check: () => undefined, verify: () => ({ keyId: 'a' }) }
    const { receiver } = ruledBench({
      bodies: { ...bodies, ...text },
      eventRules,
      scheme: trusting,
    } as Changes)
    const sent = request(Buffer.from('{"type":"t"}'), ['Content-Type', 'text/plain'])
    expect(verdictOf(await receiver.receive(sent))).toBe('accepted')
  })

  it('cannot be told before it is proven', async () => {
    const { receiver } = ruledBench({ bodies })
    const forged = request({ type: 't' }, ['Content-Type', 'text/xml'])
    expect(verdictOf(await receiver.receive({ ...forged, body: Buffer.from('{}') }))).toBe(
      '401 signature-mismatch',
    )
  })

  it('is a dead letter where that was found out after it was stored', async () => {
    const provider = ruled()
    const router = createRouter<AnyEvents>(provider)
    const silent = () => {}
    const logger = { debug: silent, info: silent, warn: silent, error: silent }
    const settings = {
      handlerTimeoutMs: 1_000,
      maxPayloadValues: 100,
      logger,
      clock: manualClock(),
      payloads: new RecentPayloads(),
    }
    const lease = { attempt: 2, completed: [], signal: new AbortController().signal }
    const receivedAt = new Date(0)
    const body = Buffer.from('{')
    const delivery = { id: 'a', type: 't', headers: {}, receivedAt, body } as unknown as Delivery
    const result = await createHandle(provider, router, settings)(delivery, lease)
    expect(result).toMatchObject({ status: 'dead', reason: 'schema-mismatch' })
  })
})
