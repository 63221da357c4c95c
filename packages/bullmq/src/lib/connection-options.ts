import { knownOptions, wholeNumber } from '@acuse/core/inbox-kit'
import { Redis, type RedisOptions } from 'ioredis'

/** Where Redis is: a URL, ioredis options, also with a `url`, or an instance, whose options are used for connections of our own. */
export type BullmqConnection =
  | string
  | (RedisOptions & {
      /** Where Redis is, as BullMQ takes it. */
      readonly url?: string
    })
  | Redis

/** They say where Redis is, and as whom to speak to it. */
const where = ['host', 'port', 'path', 'sentinels'] as const
const honoured = [
  ...where,
  'family',
  'username',
  'password',
  'db',
  'tls',
  'name',
  'role',
  'sentinelUsername',
  'sentinelPassword',
  'sentinelTLS',
  'enableTLSForSentinelMode',
  'sentinelCommandTimeout',
  'sentinelMaxConnections',
  'updateSentinels',
  'failoverDetector',
  'sentinelReconnectStrategy',
  'natMap',
  'connectionName',
  'disableClientInfo',
  'clientInfoTag',
  'keepAlive',
  'noDelay',
  'protocol',
  'enableReadyCheck',
  'connectTimeout',
  'Connector',
  'showFriendlyErrorStack',
] as const
/** Those that would change which keys are used, or what may be written. */
const judged = ['keyPrefix', 'readOnly'] as const
/** How long to wait, what to queue, how to reconnect, how to read replies: the inbox has its own for each connection. */
const cleared = [
  'commandTimeout',
  'socketTimeout',
  'blockingTimeout',
  'blockingTimeoutGrace',
  'disconnectTimeout',
  'retryStrategy',
  'reconnectOnError',
  'sentinelRetryStrategy',
  'maxRetriesPerRequest',
  'maxLoadingRetryTime',
  'lazyConnect',
  'enableOfflineQueue',
  'offlineQueue',
  'commandQueue',
  'enableAutoPipelining',
  'autoPipeliningIgnoredCommands',
  'autoResubscribe',
  'autoResendUnfulfilledCommands',
  'stringNumbers',
  'replyMapping',
  'preferredSlaves',
  'scripts',
  'himportFieldsets',
  'monitor',
  'skipVersionCheck',
]
const known: readonly string[] = ['url', ...honoured, ...judged, ...cleared]
/** Of ioredis: as good as not given, because an instance does not tell. */
const defaultConnectTimeoutMs = 10_000
const connectTimeoutMs = 1_000

/**
 * The parts of a connection that serve connections of our own.
 * @throws TypeError when BullMQ could not work with it, or it says less than it seems to
 */
export function toRedisOptions(connection: BullmqConnection): RedisOptions {
  const given = optionsOf(connection)
  if (given.keyPrefix) {
    throw new TypeError('connection has a keyPrefix, which BullMQ does not support: use the option prefix')
  }
  if (given.readOnly === true || String(given.readOnly) === 'true') {
    throw new TypeError('connection has readOnly, and an inbox writes: leave it out')
  }
  if (given.role === 'slave') {
    throw new TypeError("connection has role 'slave', and an inbox writes: leave it out")
  }
  const options = Object.fromEntries(
    honoured.flatMap((name) =>
      given[name] === undefined || given[name] === null ? [] : [[name, given[name]]],
    ),
  ) as RedisOptions
  const connectTimeout = Number(given.connectTimeout ?? defaultConnectTimeoutMs)
  return {
    ...options,
    // In a URL everything is a text.
    enableReadyCheck: String(given.enableReadyCheck ?? true) !== 'false',
    connectTimeout: connectTimeout === defaultConnectTimeoutMs ? connectTimeoutMs : connectTimeout,
  }
}

/** The place that other inboxes may share, such as `redis:127.0.0.1:6379/0`; no credentials. */
export function toPlace({ path, sentinels, name, host, port, db }: RedisOptions): string {
  const server = sentinels ? `${name} by sentinel` : (path ?? `${host}:${port}`)
  return `redis:${server}/${db ?? 0}`
}

function optionsOf(connection: BullmqConnection): RedisOptions {
  if (typeof connection === 'string') return parse(connection, {})
  if (typeof connection !== 'object' || connection === null) {
    throw new TypeError(
      `connection must be a URL, ioredis options or an ioredis instance, not a ${typeof connection}`,
    )
  }
  if (isClient(connection)) {
    if (!connection.isCluster) return connection.options
    throw new TypeError('connection is a Redis Cluster, which bullmqInbox does not support: give it a server')
  }
  if (typeof (connection as { duplicate?: unknown }).duplicate === 'function') {
    throw new TypeError('connection is a client of another library: give a URL, or an instance of ioredis')
  }
  knownOptions('connection', connection, known)
  for (const name of ['url', ...where] as const) {
    if (!(name in connection) || connection[name] !== undefined) continue
    throw new TypeError(
      `connection.${name} is undefined, and so would be localhost: leave it out, or give it a value`,
    )
  }
  const { url, ...rest } = connection
  const used = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !cleared.includes(name)),
  ) as RedisOptions
  if (url !== undefined && typeof url !== 'string') throw new TypeError('connection.url must be a text')
  return parse(url, used)
}

/** As ioredis reads it; no connection is made. */
function parse(url: string | undefined, rest: RedisOptions): RedisOptions {
  if (url !== undefined) checkUrl(url)
  if (rest.sentinels && !(rest.sentinels.length > 0 && rest.name)) {
    throw new TypeError(
      'connection.sentinels needs at least one address, and name: what the sentinels call the master',
    )
  }
  const options = { ...rest, lazyConnect: true, replyMapping: 'legacy' } as const
  const read = (url === undefined ? new Redis(options) : new Redis(url, options)).options
  if (read.path === undefined && !read.sentinels) wholeNumber('connection.port', read.port, 1, 65_535)
  wholeNumber('connection.db', read.db, 0, 1_000_000)
  return read
}

const urlRemedy =
  "it must be like 'redis://user:password@host:6379/0', with encodeURIComponent(password), or 'rediss://…' for TLS"

function checkUrl(url: string): void {
  if (url === '') throw new TypeError(`connection is an empty text: ${urlRemedy}`)
  if (!url.includes('://')) return
  const { protocol, pathname, hostname } = URL.canParse(url) ? new URL(url) : {}
  // A slash in a password ends the host, and what follows would be the number of the database.
  if (protocol && /^rediss?:$/.test(protocol) && hostname && /^\/?\d*$/.test(pathname ?? '')) return
  throw new TypeError(`connection is not a URL of Redis: ${urlRemedy}`)
}

/** Of any copy of ioredis, and of BullMQ's wrappers of it. */
function isClient(connection: Redis | RedisOptions): connection is Redis {
  return 'defineCommand' in connection && 'options' in connection
}
