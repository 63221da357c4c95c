import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { flow } from '../src/flow/index.ts'
import { getJson } from '../src/lib/get-json.ts'
import { mercadoPago } from '../src/mercado-pago/index.ts'
import { answering, secret } from './support/latam.ts'

const { signal } = new AbortController()

describe('what a notice is about', () => {
  it.each([404, 429, 500, 304])(
    'is not fetched where the API answers %i: the attempt fails, and the error tells no key',
    async (status) => {
      for (const answer of [{ message: 'no' }, undefined]) {
        const { fetch } = answering(status === 304 ? undefined : answer, status)
        const got = getJson('https://api.example.cl/payments/1?s=secret', { signal, fetch })
        await expect(got).rejects.toThrow(`GET https://api.example.cl/payments/1 answered ${status}`)
      }
    },
  )

  it('is not fetched from where the API redirects to, with its key', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const headers = { authorization: 'Bearer key' }
    await expect(getJson(`http://127.0.0.1:${port}/payments/1`, { headers, signal })).rejects.toThrow()
    expect(asked).toEqual(['/payments/1'])
    server.close()
  })

  it('is no longer waited for when the attempt is over', async () => {
    const server = createServer(() => {})
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const over = new AbortController()
    const got = getJson(`http://127.0.0.1:${port}/`, { signal: over.signal })
    over.abort(new Error('over'))
    await expect(got).rejects.toThrow('over')
    server.closeAllConnections()
    server.close()
  })
})

describe('how it is fetched', () => {
  it.each([
    [{}, 'mercadoPago accessToken must be text'],
    [{ accessToken: undefined }, 'mercadoPago accessToken must be text'],
    [{ accessToken: '' }, 'mercadoPago accessToken must be text'],
    [{ accessToken: 'APP_USR-1\n' }, 'mercadoPago accessToken must be text'],
    [{ accessToken: 'APP_USR-1', fetch: 'no' }, 'mercadoPago fetch must be a function, not string'],
    [{ accesToken: 'APP_USR-1' }, "mercadoPago options has no option 'accesToken'"],
    [{ fetchLatest: 'no' }, 'mercadoPago fetchLatest must be a function, not string'],
    [
      { fetchLatest: () => ({}), accessToken: 'APP_USR-1' },
      "mercadoPago options has no option 'accessToken'",
    ],
    ['APP_USR-1', 'mercadoPago options must be an object, not string'],
    [null, 'mercadoPago options must be an object, not null'],
  ])('throws at once on %o, without telling a value', (options, message) => {
    expect(() => mercadoPago(secret, options as never)).toThrow(message)
    expect(() => mercadoPago(secret, options as never)).not.toThrow(/APP_USR/)
  })

  it('wants all credentials, and secrets that are secrets', () => {
    expect(() => flow(secret, { apiKey: 'a', secretKey: undefined })).toThrow('flow secretKey must be text')
    expect(() => flow(secret, { apiKey: 'a', secretKey: 'short' })).toThrow(TypeError)
    expect(() => flow(undefined)).toThrow(TypeError)
  })
})
