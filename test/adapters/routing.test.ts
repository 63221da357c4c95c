import { describe, expect, it } from 'vitest'
import { watchUnhandled } from '../../packages/core/test/support/unhandled.ts'
import { path, routingHosts, startHost } from './hosts.ts'
import { freshBody, send } from './raw-client.ts'

watchUnhandled()

const notFound = 404

describe.each(routingHosts)('%s, routed', (name) => {
  it('answers its path with and without a slash, and in its case; everything else is not its', async () => {
    const host = await startHost(name)
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    for (const target of [path, `${path}/`, `${path}?a=1`]) expect(await status(target), target).toBe(200)
    const others = [
      '/',
      '/webhooks',
      '/Webhooks/Redcumbre',
      path.toUpperCase(),
      `${path}x`,
      `${path}/x`,
      `/x${path}`,
    ]
    for (const target of others) expect(await status(target), target).toBe(notFound)
    await host.stop()
  })

  it('takes the option path as it is written, with a colon in it', async () => {
    const host = await startHost(name, { path: '/v1/avisos:recibir' })
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    expect(await status('/v1/avisos:recibir')).toBe(200)
    expect(await status('/v1/avisosx')).toBe(notFound)
    await host.stop()
  })

  it('takes an escaped letter for the letter, and no other spelling of its path for its path', async () => {
    const host = await startHost(name)
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    for (const target of ['/webhooks/%72edcumbre', '/%77ebhooks/redcumbr%65/?a=%72'])
      expect(await status(target), target).toBe(200)
    const others = [
      '/webhooks/./redcumbre',
      '/x/../webhooks/redcumbre',
      '/x/%2e%2E/webhooks/redcumbre',
      '/webhooks%2fredcumbre',
      '/webhooks/%2572edcumbre',
      '/webhooks/redcumbre%20',
      '/webhooks//redcumbre',
      '/webhooks/redcumbre;v=1',
      '/webhooks/REDCUMBRE',
    ]
    for (const target of others) expect(await status(target), target).toBe(notFound)
    await host.stop()
  })

  it('answers at the prefix that it is mounted on', async () => {
    const host = await startHost(name, {}, { prefix: '/hooks' })
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    expect(await status('/hooks')).toBe(200)
    expect(await status('/other')).toBe(notFound)
    await expect(await status(path)).toBe(notFound)
    await host.stop()
  })

  it('answers on the path that the option names', async () => {
    const host = await startHost(name, { path: '/avisos/sii/' })
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    expect(await status('/avisos/sii')).toBe(200)
    expect(await status('/avisos/sii/')).toBe(200)
    expect(await status(path)).toBe(notFound)
    await host.stop()
  })
})
