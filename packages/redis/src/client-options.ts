/** Options for the ioredis client of a receiver: to fail early, because the sender waits for the answer. */
export interface RedisClientOptions {
  /** Commands are refused while there is no connection. */
  readonly enableOfflineQueue: false
  /** The longest wait for an answer, in milliseconds. */
  readonly commandTimeout: number
  /** A connection that gives nothing for so long while answers are due is dropped, in milliseconds. */
  readonly socketTimeout: number
  /** The longest wait for a connection, in milliseconds. */
  readonly connectTimeout: number
  /** A command that is cut off is tried once more. */
  readonly maxRetriesPerRequest: number
  /** The longest wait for a server that loads its data, in milliseconds. */
  readonly maxLoadingRetryTime: number
  /** Slows scripts down. */
  readonly enableAutoPipelining: false
  /** The wait before the next try to connect, in milliseconds: it never gives up. */
  readonly retryStrategy: (times: number) => number
  /** A server that became a replica, or is not ready to write, is left for the one that the address leads to now. */
  readonly reconnectOnError: (error: Error) => boolean
}

/** The server of this connection is not, or not yet, the one to write to. */
export const elsewhere: RegExp = /(^|[\s-])(READONLY|LOADING|MASTERDOWN|UNBLOCKED|NOREPLICAS)\b/

/** The server has no memory left. Before 7.0 the error of a script says so behind the script's own name and line. */
export const full: RegExp = /(^|[\s-])OOM\b/

/**
 * The options that a receiver's client should have. The defaults of ioredis wait for more than 30 s when Redis
 * is down; `redisDedupe` has its own deadline in any case.
 *
 * @example
 * const client = new Redis(url, redisClientOptions())
 */
export function redisClientOptions(): RedisClientOptions {
  return {
    enableOfflineQueue: false,
    commandTimeout: 500,
    socketTimeout: 2_000,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 1,
    maxLoadingRetryTime: 100,
    enableAutoPipelining: false,
    retryStrategy: (times) => Math.min(times * 50, 500),
    reconnectOnError: ({ message }) => elsewhere.test(message),
  }
}
