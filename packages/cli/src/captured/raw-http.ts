import { type CapturedRequest, CaptureError, headerOf, notesOfLength } from './captured-request.ts'

const requestLine = /^([A-Z][A-Z-]{0,19}) (\S{1,16384})(?: HTTP\/\d(?:\.\d)?)?$/

/** Whether bytes begin as an HTTP request does. */
export function isRawHttp(head: string): boolean {
  return /^[A-Z][A-Z-]{0,19} (?:\/|\*|https?:\/\/)\S* HTTP\/\d/.test(head)
}

/**
 * An HTTP request as it goes over the wire, its lines ended by CRLF or LF.
 * @throws CaptureError when its head is malformed
 */
export function readRawHttp(bytes: Buffer): CapturedRequest {
  const { head, rest } = splitHead(bytes)
  const [first = '', ...lines] = head.split(/\r?\n/)
  const [, method, url] = requestLine.exec(first) ?? []
  if (method === undefined || url === undefined)
    throw new CaptureError('malformed', 'raw HTTP', first.slice(0, 100))
  const headers = lines.map(toHeader)
  const { body, isCut } = bodyOf(headers, rest)
  const notes = isCut ? (['body-cut'] as const) : notesOfLength(headers, body)
  return { method, url, headers, body, notes }
}

/** The head ends at the first empty line; where there is none, all of it is head. */
function splitHead(bytes: Buffer): { readonly head: string; readonly rest: Buffer } {
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    const next = bytes[at + 1] === 0x0d ? at + 2 : at + 1
    if (bytes[next] === 0x0a)
      return {
        head: bytes.subarray(0, at).toString('latin1').replace(/\r$/, ''),
        rest: bytes.subarray(next + 1),
      }
  }
  return { head: bytes.toString('latin1').trimEnd(), rest: Buffer.alloc(0) }
}

/** One line of a head. */
function toHeader(line: string): readonly [string, string] {
  const at = line.indexOf(':')
  if (at < 1) throw new CaptureError('malformed', 'raw HTTP', line.slice(0, 100))
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

/** As long as the head says: an editor may have ended the file with a line break. */
function bodyOf(headers: CapturedRequest['headers'], rest: Buffer) {
  if (/chunked/i.test(headerOf({ headers }, 'transfer-encoding') ?? '')) return dechunk(rest)
  const stated = headerOf({ headers }, 'content-length')
  const length = stated !== undefined && /^\d{1,12}$/.test(stated) ? Number(stated) : rest.byteLength
  return { body: rest.subarray(0, length), isCut: rest.byteLength < length && rest.byteLength > 0 }
}

/** RFC 9112 §7.1. */
function dechunk(rest: Buffer): { readonly body: Buffer; readonly isCut: boolean } {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const end = rest.indexOf(0x0a, at)
    const size = end === -1 ? '' : (rest.subarray(at, end).toString('latin1').split(';')[0]?.trim() ?? '')
    if (!/^[0-9a-f]{1,8}$/i.test(size)) return { body: Buffer.concat(chunks), isCut: true }
    const length = Number.parseInt(size, 16)
    if (length === 0) return { body: Buffer.concat(chunks), isCut: false }
    chunks.push(rest.subarray(end + 1, end + 1 + length))
    at = end + 1 + length
    at += rest[at] === 0x0d ? 2 : 1
  }
}
