import type { Redis } from 'ioredis'

/**
 * Lets BullMQ's scripts run on a Redis that is full and evicts nothing: a worker needs them to make room. Redis
 * refuses what needs memory, but no script that has written already: removing what is not there is writing, and
 * needs none.
 */
export function allowWhenFull(client: Redis): void {
  const define = client.defineCommand.bind(client)
  client.defineCommand = (name, definition) =>
    define(name, { ...definition, lua: `redis.call('DEL', KEYS[1] .. ':-')\n${definition.lua}` })
}
