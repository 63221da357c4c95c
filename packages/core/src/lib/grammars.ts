import type { Grammar } from '../model/value.ts'

/** What a value of each grammar is made of. */
export const grammars: { readonly [Name in Grammar]: RegExp } = {
  id: /^[A-Za-z0-9_-]{1,200}$/,
  'unix-seconds': /^\d{10}$/,
  'unix-ms': /^\d{13}$/,
  unix: /^(?:\d{10}|\d{13})$/,
  rfc3339: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?(?:Z|[+-]\d{2}:\d{2})$/,
  token: /^[A-Za-z0-9._~+/=-]{1,500}$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it leaves out
  text: /^[^\u0000-\u001f\u007f]{1,2000}$/,
}
