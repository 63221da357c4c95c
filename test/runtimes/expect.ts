/** The result of a case; without `error` it passed. */
export interface Result {
  readonly name: string
  readonly error?: string
}

/** Throws unless two values are the same as JSON. */
export function equal(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`expected ${wanted}, found ${found}`)
}

/** The promise's value; rejects when it takes longer than `delayMs` milliseconds. */
export async function within<T>(delayMs: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${delayMs} ms`)), delayMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** An error and what caused it, on one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (${describeError(error.cause)})`
  return `${error.name}: ${error.message}${cause}`.replaceAll('\n', ' ')
}
