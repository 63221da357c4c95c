/** Something that was thrown, as text that is safe to keep. */
export interface ErrorDescription {
  /** Its name and message, in at most 1 000 characters; never empty. */
  readonly message: string
  /** Its stack, and those of its causes, in at most 4 000 characters; `undefined` where it has none. */
  readonly stack: string | undefined
}

const maxMessage = 1_000
const maxStack = 4_000
const maxCauses = 3
const maxErrors = 5
const maxKeys = 10
const unreadable = 'something was thrown that cannot be read'

/**
 * The text of something that was thrown, whatever it is: anything can be, and reading it can throw again. Never
 * throws.
 */
export function describeError(error: unknown): ErrorDescription {
  const stack = toStack(error)
  return {
    message: cut(toMessage(error), maxMessage),
    stack: stack === '' ? undefined : cut(stack, maxStack),
  }
}

function toMessage(error: unknown): string {
  const message = textOf(error, 'message')
  const name = textOf(error, 'name')
  if (message === undefined && name === undefined) return toText(error)
  const text = message || messagesOf(error)
  return [name, text].filter((part) => part).join(': ') || toText(error)
}

/** An `AggregateError` without a message, such as Node's of a refused connection, says something in its errors. */
function messagesOf(error: unknown): string {
  const errors = readThrown(error, 'errors')
  const first = attempt<readonly unknown[]>(
    () => (Array.isArray(errors) ? errors.slice(0, maxErrors) : []),
    [],
  )
  return first.map((each) => textOf(each, 'message') ?? toText(each)).join('; ')
}

function toStack(error: unknown): string {
  const stacks: string[] = []
  let cause = error
  for (let depth = 0; depth < maxCauses && cause !== undefined; depth++) {
    const stack = textOf(cause, 'stack')
    if (stack === undefined) break
    stacks.push(cut(stack, maxStack))
    cause = readThrown(cause, 'cause')
  }
  return stacks.join('\nCaused by: ')
}

/** A property that is text. One that is no text, such as a symbol, counts as absent. */
function textOf(value: unknown, name: string): string | undefined {
  const text = readThrown(value, name)
  return typeof text === 'string' ? text : undefined
}

/** A property of something that was thrown; `undefined` where it has none, or where reading it throws. */
export function readThrown(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  return attempt(() => Reflect.get(value, name), undefined)
}

function toText(value: unknown): string {
  const text = attempt(() => String(value), '')
  if (text !== '' && text !== '[object Object]') return text
  const keys = attempt(() => Object.keys(Object(value)).slice(0, maxKeys), [])
  return keys.length > 0 ? `an object with the keys ${keys.join(', ')}` : text || unreadable
}

/** A copy: a slice would keep the whole text in memory. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le')
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
