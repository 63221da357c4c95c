import { sha256Start } from '../lib/crypto.ts'
import { readThrown } from '../lib/describe-error.ts'

/** A name that is known when it is asked for: it depends on what else is registered. */
export interface DerivedName {
  /** The first part, whatever else is registered. */
  readonly base: string
  /** The name. */
  read(): string
}

interface Group {
  readonly base: string
  readonly handlers: unknown[]
  names: readonly string[] | undefined
}

const hashBytes = 6

/**
 * Names for handlers that are given none. They hold from one deployment to the next, whatever else is registered and in
 * whichever order: the pattern and the function's own name, or where it has none, or shares it, a hash of its source.
 * Only twins are told apart by a number.
 */
export class HandlerNames {
  readonly #groups = new Map<string, Group>()

  add(pattern: string, handler: unknown): DerivedName {
    const own = readThrown(handler, 'name')
    const isNamed = typeof own === 'string' && own !== ''
    // A function in an object literal is named after its key, which is the pattern.
    const base = own === pattern ? pattern : `${pattern}/${isNamed ? own : hashOf(handler)}`
    const group = this.#groups.get(base) ?? { base, handlers: [], names: undefined }
    this.#groups.set(base, group)
    const index = group.handlers.push(handler) - 1
    group.names = undefined
    return {
      base,
      read() {
        group.names ??= namesOf(group)
        // It has one for each handler.
        return group.names[index] as string
      },
    }
  }
}

/** One that gets a namesake is renamed, and runs once more: better than that the new one is taken for it. */
function namesOf({ base, handlers }: Group): string[] {
  if (handlers.length === 1) return [base]
  const twins = new Map<string, number>()
  return handlers.map((handler) => {
    const name = `${base}~${hashOf(handler)}`
    const count = (twins.get(name) ?? 0) + 1
    twins.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  })
}

function hashOf(handler: unknown): string {
  return sha256Start(Function.prototype.toString.call(handler), hashBytes)
}
