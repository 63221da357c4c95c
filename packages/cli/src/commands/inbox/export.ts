import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { errorCode, messageOf, unreachableError, usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine, writeLine } from '../../command/print.ts'
import { helpOf } from './help.ts'
import {
  type FilterValues,
  filterOptions,
  type LogValues,
  receivedOptions,
  storeOptions,
  toFilter,
  toLogFilter,
} from './options.ts'
import { showProgress } from './progress.ts'
import { toDocument } from './shown.ts'
import { type Store, withStore } from './store.ts'
import { texts } from './texts.ts'

const pageSize = 100
const atOnce = 20

/** `acuse inbox export`. */
export const exportLetters: Command = defineCommand({
  name: 'export',
  texts: helpOf('export'),
  arguments: { id: {} },
  options: {
    ...storeOptions,
    ...filterOptions,
    handled: { kind: 'flag' },
    ...receivedOptions,
    output: { kind: 'text', value: 'FILE', complete: 'file' },
  },
  examples: ['inbox export --provider stripe --output dead.ndjson', "inbox export | jq '.delivery.bodyText'"],
  async run(context, { arguments: { id }, options }) {
    const own = texts[context.language]
    const source = options.handled ? toHandled(context, id, options) : toLetters(context, id, options)
    const { output } = options
    const count = await withStore(context, options, (store) =>
      output === undefined
        ? writeAll(context, store, source, context.stdout)
        : writeFile(context, resolve(context.cwd, output), (file) => writeAll(context, store, source, file)),
    )
    if (id !== undefined && count === 0) writeLine(context.stderr, own.notFound(printable(id)))
    if (output !== undefined && context.json) printJson(context, { exported: count, file: output })
    else if (output !== undefined) printLine(context, own.done.export(count))
    return id !== undefined && count === 0 ? exitCodes.no : exitCodes.ok
  },
})

/** The lines of a store, in groups that are read at once, and how many there are where that is known without reading them. */
interface Source {
  count(store: Store): Promise<number | undefined>
  read(store: Store): AsyncIterable<readonly string[]>
}

function toHandled(context: Context, id: string | undefined, values: FilterValues & LogValues): Source {
  const { reason, olderThan, newerThan } = values
  if ([id, reason, olderThan, newerThan].some((each) => each !== undefined))
    throw usageError(texts[context.language].filter.ofDead)
  const filter = toLogFilter(context, values)
  return {
    count: async () => undefined,
    async *read(store) {
      for await (const line of store.handled(filter)) yield [line]
    },
  }
}

function toLetters(context: Context, id: string | undefined, values: FilterValues & LogValues): Source {
  if (values.since || values.until) throw usageError(texts[context.language].filter.ofHandled)
  const filter = toFilter(context, values, Date.now())
  if (id === undefined)
    return { count: (store) => store.count(filter), read: (store) => readAll(store, filter) }
  if (Object.keys(filter).length > 0) throw usageError(texts[context.language].filter.idOrFilter)
  return {
    count: async () => 1,
    async *read(store) {
      yield await linesOf(store, [id])
    },
  }
}

async function* readAll(store: Store, filter: ReturnType<typeof toFilter>): ReturnType<Source['read']> {
  for await (const page of store.pages(filter, pageSize)) {
    for (let at = 0; at < page.length; at += atOnce)
      yield await linesOf(
        store,
        page.slice(at, at + atOnce).map(({ id }) => id),
      )
  }
}

/** Without those that were redriven or discarded meanwhile. */
async function linesOf(store: Store, ids: readonly string[]): Promise<string[]> {
  const letters = await Promise.all(ids.map((id) => store.get(id)))
  return letters.flatMap((letter) => (letter ? [`${JSON.stringify(toDocument(letter))}\n`] : []))
}

/** One line after the other, as fast as the reader takes them; how many. */
async function writeAll(context: Context, store: Store, source: Source, to: Writable): Promise<number> {
  const { isTerminal, signal } = context
  // Beside the lines themselves, a bar would stand among them.
  const isShown = isTerminal.stderr && (to !== context.stdout || !isTerminal.stdout)
  const progress = showProgress(context, isShown ? await source.count(store) : 0)
  let count = 0
  try {
    for await (const group of source.read(store)) {
      signal.throwIfAborted()
      for (const line of group) {
        count++
        if (!to.write(line)) await once(to, 'drain', { signal })
      }
      if (isShown) progress.to(count)
    }
  } finally {
    if (isShown) progress.end()
  }
  return count
}

/** A file that is there when it is complete, for this user only: bodies are personal data. */
async function writeFile(
  { language }: Context,
  path: string,
  write: (file: Writable) => Promise<number>,
): Promise<number> {
  const { exists, existsRemedy, unwritable } = texts[language]
  if (existsSync(path)) throw usageError(exists(path), existsRemedy)
  const part = `${path}.${process.pid}.part`
  const file = createWriteStream(part, { flags: 'wx', mode: 0o600 })
  try {
    await once(file, 'open')
    const count = await write(file)
    file.end()
    await finished(file)
    // Fails where something came to be there meanwhile.
    await link(part, path)
    return count
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw usageError(exists(path), existsRemedy)
    const isOfFile = error instanceof Error && 'syscall' in error && errorCode(error) !== undefined
    throw isOfFile ? unreachableError(unwritable(path, messageOf(error))) : error
  } finally {
    file.destroy()
    await rm(part, { force: true })
  }
}
