import { describe, expect, it } from 'vitest'

/** Values that nobody means: each must be refused where it is no value of the option. */
const weird: Record<string, unknown> = {
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'a negative number': -1,
  'a broken number': 1.5,
  'a number too large': 2 ** 53,
  'text of a number': '5',
  'empty text': '',
  true: true,
  'a list': [],
  'a list of null': [null],
  'an empty object': {},
  'a function': () => {},
  'a symbol': Symbol('s'),
  'a bigint': 5n,
  'a date': new Date(),
}

/** By factory: its options, how it is made with one of them, and which of its options another row tries. */
export type Factories = Readonly<
  Record<
    string,
    readonly [names: readonly string[], make: (option: object) => unknown, elsewhere?: readonly string[]]
  >
>

/** Values that an option does take, by its name, or by its factory's and its own. */
export type Fine = Readonly<Record<string, readonly string[]>>

/** Names from one text. */
export const options = (names: string): string[] => names.split(' ')

/** Of every receiver, whatever its `ack`. */
export const receiverOptions: readonly string[] = options(
  'on onUnknown path endpoint work handle ack inbox observer tracer logger tolerance maxBodyBytes maxBytesInFlight ipAllowlist bodyTimeoutMs acceptTimeoutMs ackTimeoutMs handlerTimeoutMs maxPayloadValues orderingKey keepHeaders onStale concurrency retry closeTimeoutMs capture clock',
)

/** They are told as what they are. */
const keys = /^(?:secret|hmac|rsa)$|key$/i

const unhelpful =
  /Cannot (?:read|convert|mix|destructure)|is not (?:a function|iterable)|undefined \(reading|BigInt|Symbol value/

async function thrownBy(make: () => unknown): Promise<unknown> {
  try {
    await make()
    return undefined
  } catch (error) {
    return error
  }
}

/** Tries each option of each factory with what nobody means; none is forgotten, because a factory names them all. */
export function describeFactories(factories: Factories, fine: Fine): void {
  describe.each(Object.entries(factories))('%s', (factory, [names, make, elsewhere = []]) => {
    it.each(names)('refuses what %s cannot be with a TypeError that says what it takes', async (name) => {
      for (const [what, value] of Object.entries(weird)) {
        if (fine[`${factory}.${name}`]?.includes(what) || fine[name]?.includes(what)) continue
        const thrown = await thrownBy(() => make({ [name]: value }))
        expect(thrown, `${name}: ${what}`).toBeInstanceOf(TypeError)
        expect((thrown as Error).message, `${name}: ${what}`).not.toMatch(unhelpful)
        expect((thrown as Error).message, `${name}: ${what}`).toMatch(keys.test(name) ? /secret|key/i : name)
        expect((thrown as Error).message.length, `${name}: ${what}`).toBeGreaterThan(20)
      }
    })

    it('refuses an option that it does not have, and names those that it has, each of which is tried', async () => {
      const thrown = await thrownBy(() => make({ tiem: {} }))
      expect(thrown).toBeInstanceOf(TypeError)
      const [, known = ''] = /has no option 'tiem'. It has: (.+)$/.exec((thrown as Error).message) ?? []
      expect(new Set([...names, ...elsewhere])).toEqual(new Set(known.split(', ')))
    })
  })
}
