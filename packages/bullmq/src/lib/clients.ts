import type { Clock } from '@acuse/core'
import { Redis, type RedisOptions } from 'ioredis'

const beatMs = 1_000
/** A connection that owes an answer for so many beats is dropped: more than a copy blocks, see PatientWorker. */
const silentBeats = 5
const longestReconnectMs = 1_000
/** A connection that lived for so long was a good one, in milliseconds. */
const goodMs = 5_000
/** The server of this connection is not, or not yet, the one to write to. */
const elsewhere = /(^|[\s-])(READONLY|LOADING|MASTERDOWN|UNBLOCKED|NOREPLICAS)\b/

/** A client that is to stay connected until it is let go. */
export interface LastingClient {
  readonly client: Redis
  disconnect(): void
}

/** Options of all connections, whatever the user's client has. */
function common(clock: Clock): RedisOptions {
  return {
    lazyConnect: false,
    enableAutoPipelining: false,
    stringNumbers: false,
    // How long it keeps the process for a connection that is gone.
    disconnectTimeout: 100,
    retryStrategy: createRetryStrategy(clock),
    // A sentinel that is silent or away is asked again, or another one.
    sentinelCommandTimeout: 1_000,
    sentinelRetryStrategy: (times) => Math.min(times * 50, longestReconnectMs),
  }
}

/** Of ioredis 6: replies in the form that BullMQ reads. */
function createClient(options: RedisOptions): Redis {
  return new Redis({ ...options, replyMapping: 'legacy' })
}

/** ioredis counts from the last connection; one that is made and of no use would be made again at once. */
function createRetryStrategy(clock: Clock): () => number {
  let failures = 0
  let lastAt = Number.NEGATIVE_INFINITY
  return () => {
    const now = clock.monotonic()
    if (now - lastAt > goodMs) failures = 0
    lastAt = now
    return Math.min(50 * 2 ** failures++, longestReconnectMs)
  }
}

/** A client that somebody waits for: fails at once rather than queues. */
export function createCaller(options: RedisOptions, timeoutMs: number, clock: Clock): LastingClient {
  const client = createClient({
    ...options,
    ...common(clock),
    enableOfflineQueue: false,
    commandTimeout: timeoutMs,
    socketTimeout: 2_000,
    maxRetriesPerRequest: 1,
    maxLoadingRetryTime: 100,
    reconnectOnError: ({ message }) => elsewhere.test(message),
  })
  return { client, disconnect: keepConnected(client, clock) }
}

/** A worker's client: it waits for Redis to come back. BullMQ makes copies of it, and cannot close them while Redis is away. */
export function createWorkerClient(options: RedisOptions, clock: Clock): LastingClient {
  const patient: RedisOptions = {
    ...options,
    ...common(clock),
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    // 2: what was refused is sent again to the next server, so that what was handled is completed there.
    reconnectOnError: ({ message }) => (elsewhere.test(message) ? 2 : false),
  }
  const client = createClient(patient)
  const all = [{ client, stop: beat(client, clock) }]
  client.duplicate = (override) => {
    const copy = createClient({ ...patient, retryStrategy: createRetryStrategy(clock), ...override })
    all.push({ client: copy, stop: beat(copy, clock) })
    return copy
  }
  const letGo = keepConnected(client, clock)
  return {
    client,
    disconnect() {
      letGo()
      for (const one of all) {
        one.stop()
        disconnect(one.client)
      }
    },
  }
}

/**
 * Asks for something now and then: an idle connection would notice nothing of a host that vanished. It counts beats, not
 * time: a process that stood still hears its timers before it reads the answers that were there all along.
 */
function beat(client: Redis, clock: Clock): () => void {
  let cancel = () => {}
  let stopped = false
  let isAsking = false
  let silent = 0
  const answered = () => {
    isAsking = false
    silent = 0
  }
  const ask = () => {
    if (client.status === 'ready' && !isAsking) {
      isAsking = true
      client.ping().then(answered, answered)
    } else if (client.status === 'ready' || client.status === 'connect') silent++
    else silent = 0
    if (silent === silentBeats) {
      silent = 0
      client.disconnect(true)
    }
    next()
  }
  const next = () => {
    if (!stopped) cancel = clock.schedule(beatMs, ask)
  }
  next()
  return () => {
    stopped = true
    cancel()
  }
}

/** Begins anew where ioredis has given up. */
function keepConnected(client: Redis, clock: Clock): () => void {
  let letGo = false
  client.on('end', () => {
    clock.schedule(longestReconnectMs, () => {
      if (!letGo && client.status === 'end') client.connect().catch(() => {})
    })
  })
  return () => {
    letGo = true
    disconnect(client)
  }
}

function disconnect(client: Redis): void {
  if (client.status !== 'end') client.disconnect()
}
