import { randomBytes } from 'node:crypto'
import type { Clock, DedupeStore } from '@acuse/core'
import type { Claim } from '@acuse/core/inbox-kit'
import {
  type CircuitBreaker,
  checkOptions,
  createCircuitBreaker,
  type OptionKinds,
  sturdyClock,
  timedOut,
  warn,
  wholeNumber,
  withDeadline,
} from '@acuse/core/inbox-kit'
import { checkCluster, checkReplicas, checkServer, type RedisFinding } from './check.ts'
import { checkClient, messageOf, type RedisClient, runScript } from './client.ts'
import { elsewhere, full } from './client-options.ts'
import { createReplicaWait } from './replica-wait.ts'
import { checkRights } from './rights.ts'
import {
  claimScript,
  commitScript,
  extendScript,
  probeScript,
  releaseScript,
  type Script,
} from './scripts.ts'

/** Options of {@link redisDedupe}. */
export interface RedisDedupeOptions {
  /** The prefix of every key; no braces. Default `acuse:`. */
  readonly prefix?: string
  /** The longest wait for one call, in milliseconds, whatever the client promises. Default 500. */
  readonly timeoutMs?: number
  /**
   * The shortest time to remember an idempotency key, in milliseconds; a receiver may ask for a longer one. Default
   * 604 800 000 (7 days).
   */
  readonly retentionMs?: number
  /**
   * How many replicas must have what is committed before it counts, so that a failover to one of them forgets no
   * idempotency key. Not for a `Cluster`. Default 0: none is waited for.
   */
  readonly replicas?: number
  /** Where time for deadlines comes from; leases are by the server's clock. Default: this machine. */
  readonly clock?: Clock
}

/** Idempotency keys in Redis, shared by all processes that use it. */
export interface RedisDedupe extends DedupeStore {
  claim(key: string, options: Parameters<DedupeStore['claim']>[1]): Promise<Claim>
  extend(key: string, token: string, options: Parameters<DedupeStore['extend']>[2]): Promise<boolean>
  commit(key: string, token: string, options: Parameters<DedupeStore['commit']>[2]): Promise<boolean>
  release(key: string, token: string): Promise<void>
  /**
   * Checks the rights of the client's user, and the configuration of the server, or of each master of a cluster, and
   * emits a process warning for each fault. For the start of a program. Rejects when no server answers.
   */
  check(): Promise<readonly RedisFinding[]>
  /** Whether calls are refused at once, because Redis failed five times in a row. */
  readonly isDown: boolean
  /** Stops probing a server that is down. The client stays open: it is the caller's. */
  close(): void
}

const dayMs = 86_400_000
const prefixGrammar = /^[^{}]{0,100}$/

/**
 * Remembers idempotency keys in Redis: a key for each, which expires by itself. Each call is one script, and so one
 * atomic step; it rejects within `timeoutMs`, and at once while Redis is known to be down.
 * @param client an ioredis client, `Redis` or `Cluster`; see `redisClientOptions()`
 * @throws TypeError when the client or an option cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import { redisClientOptions, redisDedupe } from '@acuse/redis'
 * import { Redis } from 'ioredis'
 *
 * const dedupe = redisDedupe(new Redis(process.env['REDIS_URL'] as string, redisClientOptions()))
 * createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { ack: 'handled', dedupe })
 */
export function redisDedupe(client: RedisClient, options: RedisDedupeOptions = {}): RedisDedupe {
  return new RedisDedupeImpl(client, options)
}

const optionKinds: OptionKinds<RedisDedupeOptions> = {
  prefix: 'text',
  timeoutMs: 'number',
  retentionMs: 'number',
  replicas: 'number',
  clock: 'clock',
}

class RedisDedupeImpl implements RedisDedupe {
  readonly durability = 'durable'
  readonly #client: RedisClient
  readonly #prefix: string
  readonly #retentionMs: number
  readonly #breaker: CircuitBreaker
  readonly #replicas: number
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #replicated: (<T>(write: () => Promise<T>, key: string) => Promise<T>) | undefined

  constructor(client: RedisClient, options: RedisDedupeOptions) {
    checkOptions('redisDedupe options', options, optionKinds)
    const { prefix = 'acuse:', timeoutMs = 500, retentionMs = 7 * dayMs } = options
    const clock = sturdyClock(options.clock)
    if (typeof prefix !== 'string' || !prefixGrammar.test(prefix))
      throw new TypeError("prefix must be a text of at most 100 characters without braces, such as 'acuse:'")
    this.#client = checkClient(client)
    this.#prefix = prefix
    this.#retentionMs = wholeNumber('retentionMs', retentionMs, 1, 3_650 * dayMs)
    this.#timeoutMs = wholeNumber('timeoutMs', timeoutMs, 1, 30_000)
    this.#clock = clock
    this.#replicas = wholeNumber('replicas', options.replicas ?? 0, 0, 100)
    this.#replicated =
      this.#replicas > 0 ? createReplicaWait(client, this.#replicas, Math.ceil(timeoutMs / 2)) : undefined
    this.#breaker = createCircuitBreaker({
      name: 'Redis',
      timeoutMs,
      failures: 5,
      probeMs: 500,
      clock,
    })
  }

  get isDown(): boolean {
    return this.#breaker.isOpen
  }

  async claim(key: string, { bodyHash, leaseMs }: Parameters<DedupeStore['claim']>[1]): Promise<Claim> {
    const token = randomBytes(12).toString('base64url')
    try {
      const answer = await this.#run(claimScript, key, [bodyHash, token, String(leaseMs)])
      return toClaim(answer, token)
    } catch (error) {
      if (full.test(messageOf(error))) return { status: 'full' }
      // It may have been applied, or may be yet: an owner that nobody knows would hold the idempotency key for a lease.
      if (!this.isDown) this.#giveBack(key, token)
      throw error
    }
  }

  /** Behind the claim on the same connection, and so after it. */
  #giveBack(key: string, token: string): void {
    runScript(this.#client, releaseScript, this.#keyOf(key), [token]).catch(() => {})
  }

  async extend(key: string, token: string, { leaseMs }: { readonly leaseMs: number }): Promise<boolean> {
    return isOne(await this.#run(extendScript, key, [token, String(leaseMs)]))
  }

  async commit(
    key: string,
    token: string,
    { retentionMs, result }: Parameters<DedupeStore['commit']>[2],
  ): Promise<boolean> {
    const args = [token, String(Math.max(retentionMs, this.#retentionMs))]
    return isOne(await this.#run(commitScript, key, result === undefined ? args : [...args, result]))
  }

  async release(key: string, token: string): Promise<void> {
    await this.#run(releaseScript, key, [token])
  }

  async check(): Promise<readonly RedisFinding[]> {
    const servers = this.#client.nodes?.('master') ?? [this.#client]
    const ofServers = (await Promise.all(servers.map(checkServer))).flat()
    const ofReplicas = await Promise.all(servers.map((server) => checkReplicas(server, this.#replicas)))
    const ofUser = await checkRights(this.#client, this.#prefix)
    const ofCluster = await checkCluster(this.#client)
    const found = [...ofUser, ...ofCluster, ...ofServers, ...ofReplicas.flat()]
    const findings = [...new Map(found.map((finding) => [finding.code, finding])).values()]
    for (const { code, message } of findings) warn(code, message)
    return findings
  }

  close(): void {
    this.#breaker.close()
  }

  async #run(script: Script, idempotencyKey: string, args: readonly string[]): Promise<unknown> {
    const key = this.#keyOf(idempotencyKey)
    const call = () => runScript(this.#client, script, key, args)
    const replicated = script === commitScript ? this.#replicated : undefined
    return await this.#breaker.run(
      () => (replicated ? replicated(call, `${key}:probe`) : call()).catch((error) => this.#fail(error)),
      () => this.#probe(`${key}:probe`),
    )
  }

  /** Without a connection the client says nothing of Redis: only that its stream cannot be written to. */
  #fail(error: unknown): never {
    const { status } = this.#client
    const isAnswer = error instanceof Error && error.name === 'ReplyError'
    if (isAnswer || status === undefined || status === 'ready') throw error
    throw new Error(`Redis is not available (${status})`, { cause: error })
  }

  /** A connection whose other end vanished, or became a replica, may say nothing of it: begin a new one. */
  async #probe(key: string): Promise<void> {
    try {
      const call = runScript(this.#client, probeScript, key, [])
      if ((await withDeadline(call, this.#timeoutMs, this.#clock)) !== timedOut) return
    } catch (error) {
      if (elsewhere.test(messageOf(error))) this.#renew()
      throw error
    }
    this.#renew()
    throw new Error('Redis does not answer')
  }

  /** Not for a cluster, whose nodes each have a connection. */
  #renew(): void {
    const client = this.#client
    if (client.nodes === undefined && client.status === 'ready') client.disconnect?.(true)
  }

  /** The idempotency key is the hash tag: what belongs to it lies on one node of a cluster. */
  #keyOf(idempotencyKey: string): string {
    return `${this.#prefix}{${idempotencyKey.replace(/[{}%]/g, encodeURIComponent)}}`
  }
}

/** A client with `stringNumbers` answers with texts. */
function isOne(answer: unknown): boolean {
  return answer === 1 || answer === '1'
}

function toClaim(answer: unknown, token: string): Claim {
  // The script answers nothing else.
  const [status, result] = answer as [Claim['status'], (string | null)?]
  if (status === 'claimed') return { status, token }
  if (status === 'committed') return typeof result === 'string' ? { status, result } : { status }
  return { status }
}
