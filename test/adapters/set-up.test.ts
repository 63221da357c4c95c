import { describe, expect, it } from 'vitest'
import { watchUnhandled } from '../../packages/core/test/support/unhandled.ts'
import { unauthorized } from './every-host.ts'
import { hostNames, startHost } from './hosts.ts'
import { exchange, freshBody, headOf, send } from './raw-client.ts'

watchUnhandled()

describe.each(hostNames)('%s, set up', (name) => {
  it('behind something that read the body: 500, and the log says what to do', async () => {
    const host = await startHost(name, {}, { consumed: true })
    await send(host.port, { body: freshBody(), signature: 'warms up' })
    const answer = await send(host.port, { body: freshBody() })
    expect(answer).toMatchObject({ status: 500, body: '{"error":"misconfigured"}' })
    expect(host.errors.join()).toMatch(/body was read before .*(?:[Mm]ount|Hand|register)/)
    await host.stop()
  })

  it('closed: 503 with Retry-After', async () => {
    const host = await startHost(name)
    await host.receiver.close()
    const answer = await send(host.port, { body: freshBody() })
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: '{"error":"unavailable"}',
    })
    await host.stop()
  })

  it('with little room for bodies in flight: 503 to what does not fit, 200 to what does', async () => {
    const host = await startHost(name, { maxBytesInFlight: 5_000, maxBodyBytes: 5_000, bodyTimeoutMs: 2_000 })
    const first = exchange(host.port, [
      headOf({ length: 4_900, signature: '0'.repeat(64) }),
      Buffer.alloc(4_800),
    ])
    let second = await send(host.port, { body: freshBody() })
    // The first one may not have arrived.
    while (second.status === 200) second = await send(host.port, { body: freshBody() })
    expect(second).toMatchObject({ status: 503, headers: { connection: 'close', 'retry-after': '1' } })
    expect((await first).status).toBe(408)
    expect((await send(host.port, { body: freshBody() })).status).toBe(200)
    await host.stop()
  })

  it('with an allow-list: by the address of the connection, whatever X-Forwarded-For says', async () => {
    const spoofed = ['X-Forwarded-For: 203.0.113.7', 'X-Real-IP: 203.0.113.7', 'Forwarded: for=203.0.113.7']
    const elsewhere = await startHost(name, { ipAllowlist: ['203.0.113.0/24', '2001:db8::/32'] })
    expect(await send(elsewhere.port, { body: freshBody(), headers: spoofed })).toEqual(unauthorized)
    expect(elsewhere.observations).toMatchObject([{ type: 'rejected', code: 'address-refused' }])
    await elsewhere.stop()
    const here = await startHost(name, { ipAllowlist: ['127.0.0.0/8'] })
    expect((await send(here.port, { body: freshBody(), headers: spoofed })).status).toBe(200)
    await here.stop()
  })
})
