import type { Scheme } from '../model/scheme.ts'
import { keyMarkOf } from './api-key.ts'
import { secretKindOf } from './secrets.ts'

const kinds = (['utf8', 'base64', 'whsec'] as const).map((encoding) => secretKindOf(encoding))

/** Whether a text is a shared key of the scheme, as its marks tell. */
export function isOwnKey(scheme: Scheme, text: string): boolean {
  const marks = scheme.keyMarks?.() ?? []
  return (
    marks.length > 0 &&
    [...kinds.map((kind) => marked(() => kind.identify(kind.parse(text)))), keyMarkOf(text)].some((mark) =>
      marks.includes(mark),
    )
  )
}

/** What cannot be a key has no mark. */
function marked(mark: () => string): string {
  try {
    return mark()
  } catch {
    return ''
  }
}
