import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { fromNodeRequest } from '../../src/http/node-handler.ts'
import { systemClock } from '../../src/index.ts'
import { fromNodeHeaders } from '../../src/model/headers.ts'

const limits = { maxBytes: 10, timeoutMs: 1_000, take: () => true, clock: systemClock }
const bytes = Buffer.from('kept')

/** A request that somebody made by hand. */
function made(fields: object): IncomingMessage {
  return { method: 'POST', url: '/', headers: {}, readableDidRead: true, ...fields } as never
}

describe('fromNodeHeaders', () => {
  it('takes what arrived, and names where nothing else was kept', () => {
    const rawHeaders = ['X-Sig', 'a', 'x-sig', 'b']
    expect(fromNodeHeaders({ rawHeaders, headers: { 'x-sig': 'c' } }).values('x-sig')).toEqual(['a', 'b'])
    expect(fromNodeHeaders({ rawHeaders: [], headers: { 'x-sig': 'c' } }).values('x-sig')).toEqual(['c'])
    expect(fromNodeHeaders({}).values('x-sig')).toEqual([])
  })

  it('sees a name that stands more than once, as a list or in two cases', () => {
    const headers = { 'X-Sig': ['a', 'b'], 'x-sig': 'c', other: undefined }
    expect(fromNodeHeaders({ headers }).values('x-sig')).toEqual(['a', 'b', 'c'])
    expect(fromNodeHeaders({ headers }).values('other')).toEqual([])
  })
})

describe('fromNodeRequest', () => {
  it.each(['rawBody', 'body'])(
    'reads the bytes that somebody kept as request.%s, within the limit',
    async (name) => {
      expect(await fromNodeRequest(made({ [name]: bytes })).read(limits)).toBe(bytes)
      const long = made({ [name]: Buffer.alloc(11) })
      expect(await fromNodeRequest(long).read(limits)).toBe('body-too-large')
    },
  )

  it('takes no text, no object and nothing that a getter makes for the bytes', async () => {
    const parsing = {
      get body() {
        throw new SyntaxError('no JSON')
      },
    }
    for (const fields of [{ rawBody: 'kept' }, { body: { kept: true } }])
      expect(await fromNodeRequest(made(fields)).read(limits)).toBe('body-consumed')
    const request = Object.defineProperties(made({}), Object.getOwnPropertyDescriptors(parsing))
    expect(await fromNodeRequest(request).read(limits)).toBe('body-consumed')
  })

  it('knows no address of what has no connection', () => {
    expect(fromNodeRequest(made({})).clientAddress).toBeUndefined()
    expect(fromNodeRequest(made({ socket: { remoteAddress: '::1' } })).clientAddress).toBe('::1')
  })
})
