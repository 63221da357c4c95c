import { type RedisClient, runScript } from './client.ts'
import { probeScript } from './scripts.ts'

/** Makes a write, and waits until replicas have it. */
export type ReplicaWait = <T>(write: () => Promise<T>, probeKey: string) => Promise<T>

/**
 * Waits for replicas on the connection of the write.
 * @throws TypeError when the client cannot say on which connection that was
 */
export function createReplicaWait(client: RedisClient, count: number, timeoutMs: number): ReplicaWait {
  if (client.nodes || !client.wait || !client.on) {
    throw new TypeError('replicas needs a Redis client of ioredis, and no Cluster: leave it out')
  }
  const wait = client.wait.bind(client)
  let connection = 0
  client.on('close', () => {
    connection++
  })
  return async (write, probeKey) => {
    const before = connection
    const result = await write()
    // A write of its own: WAIT waits for the last one of its connection, and the call may have found it done.
    await runScript(client, probeScript, probeKey, [])
    const reached = Number(await wait(count, timeoutMs))
    if (!(reached >= count)) throw new Error(`${reached} of ${count} replicas have what was committed`)
    if (before !== connection) throw new Error('The connection to Redis was lost before replicas had it')
    return result
  }
}
