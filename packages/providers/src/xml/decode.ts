/** Encodings that a declaration may name, and how they are decoded. */
const encodings = new Map([
  ['utf-8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['iso-8859-1', 'windows-1252'],
  ['windows-1252', 'windows-1252'],
])

/** Where a declaration ends at the latest, in bytes. */
const longest = 200

/**
 * A document's text, by the encoding that it declares; the default is UTF-8 (XML 1.0 §4.3.3).
 * @throws RangeError when the encoding is another; TypeError when the bytes are not of it
 */
export function decodeXml(body: Uint8Array): string {
  const start = new TextDecoder('windows-1252').decode(body.subarray(0, longest))
  const declared = /^<\?xml [^>]{0,100}encoding ?= ?["']([\w-]{1,40})["']/.exec(start)?.[1] ?? 'utf-8'
  const encoding = encodings.get(declared.toLowerCase())
  if (encoding === undefined) throw new RangeError(`XML in the encoding ${declared}`)
  return new TextDecoder(encoding, { fatal: true }).decode(body)
}
