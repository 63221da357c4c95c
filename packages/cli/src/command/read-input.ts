import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { errorCode, messageOf, unreachableError, usageError } from './cli-error.ts'
import type { Context } from './context.ts'

const mebibyte = 2 ** 20
/** Larger than any webhook, and small enough to be held. */
const maxInputBytes: number = 64 * mebibyte

/**
 * The bytes of a file, or of standard input for `-`.
 * @throws CliError when it cannot be read, or is too large
 */
export async function readInput(context: Context, path: string): Promise<Buffer> {
  const { texts, stdin, cwd, signal } = context
  if (path === '-') return collect(context, texts.files.standardInput, stdin)
  try {
    const file = await open(resolve(cwd, path))
    try {
      if (!(await file.stat()).isDirectory())
        return await collect(context, path, file.createReadStream({ autoClose: false, signal }))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw unreachableError(texts.files.notFound(path))
    if (errorCode(error) === undefined) throw error
    throw unreachableError(texts.files.unreadable(path, errorCode(error) ?? messageOf(error)))
  }
  throw unreachableError(texts.files.unreadable(path, 'EISDIR'))
}

async function collect(
  { texts }: Context,
  name: string,
  source: AsyncIterable<Uint8Array | string>,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxInputBytes) throw usageError(texts.files.tooLarge(name, maxInputBytes / mebibyte))
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}
