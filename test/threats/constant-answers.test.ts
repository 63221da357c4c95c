import { createReceiver, defineProvider, memoryInbox } from '@acuse/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proofOf, requestOf, type SchemeCase, schemeCases } from '../support/schemes.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const perScheme = 400
const silent = (): void => {}
const body = Buffer.from('{"e":1}')

function receiverOf({ receiver: scheme }: SchemeCase) {
  const touched: string[] = []
  const codes = new Set<string>()
  const inbox = memoryInbox({ maxIdempotencyKeys: 100 })
  const accept = inbox.accept.bind(inbox)
  inbox.accept = (delivery, options) => {
    touched.push(delivery.id)
    return accept(delivery, options)
  }
  const provider = defineProvider<{ e: object }>({
    name: 'any',
    path: '/',
    scheme,
    events: {
      e: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as object }) } },
    },
    envelope: () => ({ type: 'e' }),
  })
  const receiver = createReceiver(provider, {
    inbox,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    observer: (observation) => observation.type === 'rejected' && codes.add(observation.code),
  })
  return { receiver, touched, codes }
}

describe.each(schemeCases)(`401 ($name, N ${perScheme}, seed ${seed})`, (each) => {
  it('is byte-identical whatever is wrong with the headers, never a 5xx, and touches no store', async () => {
    const { receiver, touched, codes } = receiverOf(each)
    const right = proofOf(each, body)
    const value = right[each.header] as string
    const broken = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.base64String({ minLength: 44, maxLength: 344 }),
      fc.nat(value.length - 1).map((at) => value.slice(0, at)),
      fc
        .tuple(fc.nat(value.length - 1), fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }))
        .map(([at, text]) => value.slice(0, at) + text + value.slice(at + 1)),
      fc.nat(5_000).map((length) => value.repeat(2).padEnd(length, ',')),
      fc.constantFrom<string | string[]>(
        [value, value],
        [value, 'x'],
        ['', value],
        'NaN',
        '__proto__',
        '\0',
        '\u{1F4A7}',
        'undefined',
        'null',
      ),
    )
    const answers = new Set<string>()
    let count = 0
    const send = async (headers: Record<string, string | readonly string[]>): Promise<void> => {
      const request = requestOf(headers, body)
      const outcome = await receiver.handle({ ...request, read: () => request.body })
      answers.add(JSON.stringify([outcome.status, outcome.headers, outcome.body, outcome.close]))
      count++
    }
    for (const name of Object.keys(right)) {
      const { [name]: _, ...rest } = right
      await send(rest)
    }
    await send({})
    await fc.assert(
      fc.asyncProperty(broken, async (proof) => {
        fc.pre(proof !== value)
        await send({ ...right, [each.header]: proof })
      }),
      { seed, numRuns: perScheme },
    )
    expect(count).toBeGreaterThan(300)
    expect([...answers]).toEqual([
      '[401,{"content-type":"application/json"},"{\\"error\\":\\"unauthorized\\"}",true]',
    ])
    expect(touched).toEqual([])
    expect([...codes]).toEqual(expect.arrayContaining(['header-missing', 'header-repeated']))
  })
})
