import { keyMarkOf } from './api-key.ts'
import { secretKindOf } from './secrets.ts'

const kinds = (['utf8', 'base64', 'whsec'] as const).map((encoding) => secretKindOf(encoding))

/** Whether a text is a shared key, as the marks of a scheme tell. */
export function isOwnKey(marks: readonly string[], text: string): boolean {
  const own = [...kinds.map((kind) => marked(() => kind.identify(kind.parse(text)))), keyMarkOf(text)]
  return own.some((mark) => marks.includes(mark))
}

/** What cannot be a key has no mark. */
function marked(mark: () => string): string {
  try {
    return mark()
  } catch {
    return ''
  }
}
