import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { frameworks, mount, mountings } from './mountings.ts'
import { freshBody, send } from './raw-client.ts'

// One table, every framework that routes: the webhooks answer where they were put, and nothing else.
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function clientOf(...where: Parameters<typeof mount>) {
  const server = await mount(...where)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return (target: string, method = 'POST') => {
    const body = method === 'GET' ? Buffer.alloc(0) : freshBody()
    return send(port, { method, target, body })
  }
}

const names = Object.keys(mountings) as (keyof typeof mountings)[]

describe.each(frameworks)('%s', (framework) => {
  it.each(names.map((which) => [mountings[which].name, which] as const))('%s', async (_, which) => {
    const call = await clientOf(framework, which)
    const { answered, passed } = mountings[which]
    for (const target of answered) expect((await call(target)).status, `POST ${target}`).toBe(200)
    for (const target of passed) {
      expect((await call(target)).status, `POST ${target}`).toBe(404)
      expect((await call(target, 'GET')).status, `GET ${target}`).toBe(404)
    }
  })
})
