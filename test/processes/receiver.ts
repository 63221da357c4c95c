// A receiver in a process of its own, on a shared Redis. LEVEL is `handled` or `memory`; FAIL_FIRST names a file
// whose creation makes the first run of a handler, in whatever process, fail.
import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, memoryInbox, toNodeHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { redisClientOptions, redisDedupe } from '@acuse/redis'
import { Redis } from 'ioredis'

const { SECRET = '', REDIS = '', LEVEL, RUNS = '', FAIL_FIRST, HANDLER_MS = '0' } = process.env

const client = new Redis(REDIS, redisClientOptions())
client.on('error', () => {})
await new Promise((resolve) => client.once('ready', resolve))
const dedupe = redisDedupe(client)
const receiver = createReceiver(
  redcumbre(SECRET),
  LEVEL === 'handled' ? { ack: 'handled', dedupe } : { inbox: memoryInbox({ dedupe }) },
)
const runs = openSync(RUNS, 'a')

receiver.on('*', async ({ id }) => {
  await sleep(Number(HANDLER_MS))
  if (FAIL_FIRST && isFirst(FAIL_FIRST)) throw new Error('the first run fails')
  writeSync(runs, `${id} ${performance.timeOrigin + performance.now()}\n`)
})

function isFirst(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'))
    return true
  } catch {
    return false
  }
}

const server = createServer(toNodeHandler(receiver)).listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})

process.once('SIGTERM', async () => {
  server.close()
  await receiver.close()
  client.disconnect()
  server.closeAllConnections()
  process.exit(0)
})
