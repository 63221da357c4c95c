import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { hardenServer, toFetchHandler, toNodeHandler } from '../../src/index.ts'
import { toAddressList } from '../../src/lib/addresses.ts'
import { createByteBudget } from '../../src/lib/byte-budget.ts'

describe('hardenServer', () => {
  it('gives a server deadlines that an attacker cannot wait for, and gives it back', () => {
    const server = createServer()
    expect(hardenServer(server)).toBe(server)
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      maxHeadersCount: 100,
      connectionsCheckingInterval: 5_000,
    })
  })
})

describe.each([
  ['toNodeHandler', toNodeHandler],
  ['toFetchHandler', toFetchHandler],
])('%s', (name, make) => {
  it('does not construct with what is no receiver, such as a middleware: each request would fail', () => {
    for (const wrong of [undefined, null, {}, () => {}, 'receiver'] as never[]) {
      expect(() => make(wrong)).toThrow(TypeError)
      expect(() => make(wrong)).toThrow(`${name} must be given a receiver`)
    }
  })
})

describe('toAddressList', () => {
  const list = toAddressList(['203.0.113.0/24', '198.51.100.7', '2001:db8::/32', '::1'])

  it.each([
    '203.0.113.0',
    '203.0.113.255',
    '198.51.100.7',
    '2001:db8::1',
    '2001:db8:ffff::',
    '::1',
    '::ffff:203.0.113.9',
    '::ffff:cb00:7109',
    '203.0.113.9:4711',
    '[2001:db8::1]:443',
    '[2001:db8::1]',
  ])('holds %s', (address) => {
    expect(list(address)).toBe(true)
  })

  it.each([
    '203.0.114.0',
    '198.51.100.8',
    '2001:db9::',
    '::2',
    '::ffff:203.0.114.9',
    '',
    'nonsense',
    '203.0.113.7, 1.2.3.4',
    '203.0.114.9:4711',
    '203.0.113.9:',
    '203.0.113.9:x',
    '[203.0.113.9',
    '2001:db8::1]:443',
    '203.0.113.07',
    '0xcb007107',
    undefined,
  ])('does not hold %s', (address) => {
    expect(list(address)).toBe(false)
  })

  it.each([
    [[]],
    ['203.0.113.0/24'],
    [undefined],
    [['203.0.113.0/33']],
    [['::/129']],
    [['x']],
    [['1.2.3.4/a']],
    [['1.2.3.4/8/8']],
    [['1.2.3.4/']],
    [[5]],
    [['']],
  ])('is not made of %j', (entries) => {
    expect(() => toAddressList(entries as string[])).toThrow(/^ipAllowlist /)
    expect(() => toAddressList(entries as string[])).toThrow(TypeError)
  })
})

describe('createByteBudget', () => {
  it('is shared: what one holds the others cannot, until it is given back', () => {
    const budget = createByteBudget(100)
    const [one, two] = [budget.share(), budget.share()]
    expect([one.take(60), two.take(40), two.take(1)]).toEqual([true, true, false])
    one.giveBack()
    one.giveBack()
    expect([two.take(60), one.take(1)]).toEqual([true, false])
  })
})
