import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readJsonRequest } from '../captured/json-request.ts'
import { errorCode, messageOf, unreachableError, usageError } from '../command/cli-error.ts'
import type { Context } from '../command/context.ts'
import type { Exchange, KeptExchange } from './exchange.ts'

/** A file of what came begins anew when it is larger than this. */
const maxFileBytes = 64 * 2 ** 20

/** Where `acuse listen` keeps what came: in the user's folder of state (XDG_STATE_HOME), unless another file is named. */
export function keepPath({ env, cwd }: Pick<Context, 'env' | 'cwd'>, given: string | undefined): string {
  if (given !== undefined) return resolve(cwd, given)
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state')
  return join(state, 'acuse', 'received.ndjson')
}

/** Appends what came; one after another, readable by its owner only: it has whatever senders send. */
export class KeepFile {
  readonly path: string
  #last: Promise<void>

  constructor(path: string) {
    this.path = path
    this.#last = mkdir(dirname(path), { recursive: true, mode: 0o700 }).then(() => undefined)
  }

  /**
   * Whether it can be written to.
   * @throws CliError when it cannot
   */
  async open({ texts }: Pick<Context, 'texts'>): Promise<void> {
    try {
      await this.#last
      await appendFile(this.path, '', { mode: 0o600 })
    } catch (error) {
      throw unreachableError(texts.files.unreadable(this.path, errorCode(error) ?? messageOf(error)))
    }
  }

  /** Appends one; what goes wrong is told by the promise. */
  add(exchange: Exchange): Promise<void> {
    const { body: _, ...kept } = exchange
    const line = `${JSON.stringify(kept)}\n`
    const written = this.#last.then(async () => {
      const { size } = await stat(this.path).catch(() => ({ size: 0 }))
      if (size > maxFileBytes) await rm(this.path)
      await appendFile(this.path, line, { mode: 0o600 })
    })
    this.#last = written.catch(() => {})
    return written
  }

  /** Resolves when everything is written. */
  settled(): Promise<void> {
    return this.#last
  }
}

/**
 * What was kept, oldest first.
 * @throws CliError when the file cannot be read, or is none of ours
 */
export async function readKept({ texts }: Pick<Context, 'texts'>, path: string): Promise<KeptExchange[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw unreachableError(texts.files.notFound(path))
    throw unreachableError(texts.files.unreadable(path, errorCode(error) ?? messageOf(error)))
  }
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line, at) => {
    try {
      const value: unknown = JSON.parse(line)
      const { method, headers, body, id = String(at + 1), at: time } = readJsonRequest(value)
      const target = targetOf(value)
      return { method, headers, body, id, at: (time ?? new Date(0)).toISOString(), target }
    } catch (error) {
      throw usageError(texts.files.unreadable(`${path}:${at + 1}`, messageOf(error)))
    }
  })
}

function targetOf(value: unknown): string {
  const target: unknown =
    typeof value === 'object' && value !== null && 'target' in value ? value.target : undefined
  return typeof target === 'string' ? target : ''
}
