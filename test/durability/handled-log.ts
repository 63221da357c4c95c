import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { parseHandled } from 'example-shared'

const chunkBytes = 2 ** 20

/** The example's `HANDLED_LOG`, read as it grows: a long campaign's does not fit into one string. */
export class HandledLog {
  readonly path: string
  /** How often each document was handled. */
  readonly runs = new Map<string, number>()
  /** Lines that a kill cut short. */
  torn = 0
  readonly #chunk = Buffer.alloc(chunkBytes)
  #offset = 0
  #rest = ''

  constructor(path: string) {
    this.path = path
  }

  /** Counts what came since the last time. */
  read(): void {
    if (!existsSync(this.path)) return
    const file = openSync(this.path, 'r')
    for (let size = -1; size !== 0; ) {
      size = readSync(file, this.#chunk, 0, chunkBytes, this.#offset)
      this.#offset += size
      this.#count(this.#chunk.toString('latin1', 0, size))
    }
    closeSync(file)
  }

  #count(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() as string
    for (const line of lines) {
      const handled = parseHandled(line)
      if (line !== '' && !handled) this.torn++
      const id = handled?.payload.bheId
      if (id !== undefined) this.runs.set(id, (this.runs.get(id) ?? 0) + 1)
    }
  }
}
