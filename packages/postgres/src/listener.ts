import { timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { PoolClient } from 'pg'
import type { Driver } from './driver.ts'
import type { PostgresSettings } from './options.ts'
import type { Statements } from './statements.ts'
import { fromStored, toStored } from './texts.ts'

const againMs = 5_000
const heardWithinMs = 3_000
const quietMs = 20

/** Dependencies of {@link Listener}. */
export interface ListenerSetup {
  readonly driver: Driver
  readonly sql: Statements
  readonly settings: PostgresSettings
  /** Told of which endpoint something was accepted by another process. */
  readonly onReady: (endpoint: string) => void
}

/**
 * Tells other processes what was accepted, and hears it from them. What it says and hears saves waiting for a poll, and nothing
 * else: a notice that is lost loses nothing.
 */
export class Listener {
  readonly #setup: ListenerSetup
  readonly #channel: string
  #client: PoolClient | undefined
  #isStopped = false
  #isStarted = false
  /** Whether it is to listen again. */
  #isAgain = false
  #hello: ((nonce: string) => void) | undefined
  #cancel = (): void => {}
  readonly #said = new Set<string>()

  constructor(setup: ListenerSetup) {
    this.#setup = setup
    this.#channel = `acuse_${setup.settings.schema}`
  }

  /** Begins to hear, once. */
  start(): void {
    if (this.#isStarted || !this.#setup.settings.listen) return
    this.#isStarted = true
    void this.#listen()
  }

  /**
   * Says that something was accepted; within a short time once, and by a statement of its own: a notice in a commit makes
   * all commits wait for each other.
   */
  say(endpoint: string): void {
    const { driver, sql, settings } = this.#setup
    if (!settings.listen || this.#said.has(endpoint) || this.#isStopped) return
    this.#said.add(endpoint)
    settings.clock.schedule(quietMs, () => {
      this.#said.delete(endpoint)
      driver.query(sql.notify, [this.#channel, `ready ${toStored(endpoint)}`]).catch(ignore)
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
    this.#drop(true)
  }

  async #listen(): Promise<void> {
    const { driver, settings } = this.#setup
    this.#isAgain = false
    try {
      const client = await driver.take()
      if (this.#isStopped) return client.release()
      this.#client = client
      client.on('error', this.#lost)
      client.on('end', this.#lost)
      client.on('notification', this.#heard)
      await client.query(`LISTEN ${this.#channel}`)
      const nonce = crypto.randomUUID()
      const hearing = new Promise<void>((resolve) => {
        this.#hello = (heard) => heard === nonce && resolve()
      })
      await client.query(this.#setup.sql.notify, [this.#channel, `nonce ${nonce}`])
      // A pooler in between has swallowed it: polling finds everything.
      if ((await withDeadline(hearing, heardWithinMs, settings.clock)) === timedOut) this.#drop(true)
    } catch {
      // Where the connection said so itself, it is begun anew already.
      if (this.#client || !this.#isAgain) this.#lost()
    }
  }

  readonly #heard = ({ payload }: { readonly payload?: string | undefined }): void => {
    const [kind, text = ''] = /^(nonce|ready) (.*)$/s.exec(payload ?? '')?.slice(1) ?? []
    if (kind === 'nonce') this.#hello?.(text)
    if (kind === 'ready') this.#setup.onReady(fromStored(text))
  }

  readonly #lost = (): void => {
    this.#drop(true)
    if (!this.#isStopped)
      this.#cancel = this.#setup.settings.clock.schedule(againMs, () => void this.#listen())
  }

  #drop(isDestroyed: boolean): void {
    const client = this.#client
    this.#client = undefined
    if (!client) return
    client.off('error', this.#lost)
    client.off('end', this.#lost)
    client.off('notification', this.#heard)
    client.release(isDestroyed)
  }
}

function ignore(): void {}
