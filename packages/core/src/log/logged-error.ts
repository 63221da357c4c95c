import { describeError, readThrown } from '../lib/describe-error.ts'
import { printable } from '../lib/printable.ts'

/**
 * Something that was thrown, as an Error that any logger prints: its fields are enumerable, because most loggers
 * print an Error as `{}`, and hold what `describeError` keeps, because anything can be thrown. A stack stays lines.
 */
export function toLoggedError(error: unknown): Error {
  const { message, stack } = describeError(error)
  const own = readThrown(error, 'message')
  const name = readThrown(error, 'name')
  const code = readThrown(error, 'code')
  const logged = new Error()
  const fields = {
    name: typeof name === 'string' && name !== '' ? printable(name) : 'Error',
    message: printable(typeof own === 'string' && own !== '' && own.length <= message.length ? own : message),
    stack: stack?.split('\n').map(printable).join('\n'),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: printable(String(code)) } : undefined),
  }
  for (const [field, value] of Object.entries(fields)) {
    Object.defineProperty(logged, field, { value, enumerable: true, configurable: true, writable: true })
  }
  return logged
}
