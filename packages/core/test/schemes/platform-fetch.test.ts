import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rsa } from '../../src/index.ts'
import { fetchedKey } from '../../src/schemes/fetched-key.ts'
import { manualClock } from '../support/clock.ts'
import { address, certificate, from, header, hosts, path, requestOf, url } from '../support/key-server.ts'

const proven = { keyId: url }
const unknown = { code: 'key-unknown' }
const away = { code: 'keys-failed', error: expect.any(Error) }

describe('the fetch of the runtime', () => {
  const servers: Server[] = []
  afterEach(() =>
    Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))),
  )

  /** A server of this machine, in place of the one that is pinned. */
  async function serve(
    answer: (path: string) => { status: number; body?: string | Buffer; location?: string },
  ) {
    const paths: string[] = []
    const server = createServer((request, response) => {
      paths.push(String(request.url))
      const { status, body: sent = '', location } = answer(String(request.url))
      response.writeHead(status, location === undefined ? {} : { location }).end(sent)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const platform = globalThis.fetch
    vi.stubGlobal('fetch', (asked: string, init: RequestInit) =>
      platform(asked.replace('https://sns.sa-east-1.amazonaws.com', `http://127.0.0.1:${port}`), {
        ...init,
        headers: { connection: 'close' },
      }),
    )
    const clock = manualClock(from + 1_000)
    const scheme = rsa({ header, publicKey: fetchedKey({ at: { header: address }, hosts, path }) })
    return {
      paths,
      verdict: async (at = url) =>
        (await scheme.prepare?.(requestOf(at), { timeoutMs: 60_000, clock })) ?? scheme.verify(requestOf(at)),
    }
  }

  it('is used where none is given', async () => {
    const { verdict, paths } = await serve(() => ({ status: 200, body: certificate }))
    expect(await verdict()).toEqual(proven)
    expect(paths).toEqual(['/cert-1.pem'])
  })

  it('follows no redirect, takes no other status, and reads no further than 64 KiB', async () => {
    const { verdict, paths } = await serve((asked) =>
      asked === '/moved.pem'
        ? { status: 302, location: '/cert-1.pem' }
        : asked === '/long.pem'
          ? { status: 200, body: Buffer.alloc(10_000_000, 0x20) }
          : { status: asked === '/none.pem' ? 404 : 500 },
    )
    const of = (name: string) => verdict(url.replace('cert-1', name))
    expect(await of('moved')).toEqual(away)
    expect(await of('long')).toMatchObject({
      error: new Error(`${url.replace('cert-1', 'long')} answered more than 65536 bytes`),
    })
    expect(await of('none')).toEqual(unknown)
    expect(await of('other')).toEqual(away)
    expect(paths).toEqual(['/moved.pem', '/long.pem', '/none.pem', '/other.pem'])
  })

  it('says that nobody can be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')))
    const scheme = rsa({ header, publicKey: fetchedKey({ at: { header: address }, hosts, path }) })
    const bounds = { timeoutMs: 1_000, clock: manualClock() }
    expect(await scheme.prepare?.(requestOf(url), bounds)).toEqual({
      code: 'keys-failed',
      error: new TypeError('fetch failed'),
    })
  })

  it('may answer without a body', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve({ status: 404, body: null }))
    const scheme = rsa({ header, publicKey: fetchedKey({ at: { header: address }, hosts, path }) })
    expect(await scheme.prepare?.(requestOf(url), { timeoutMs: 1_000, clock: manualClock() })).toEqual(
      unknown,
    )
  })
})
