import { parseMoment } from '../command/read-option.ts'
import {
  type CapturedRequest,
  CaptureError,
  type CaptureNote,
  notesOfLength,
  textBody,
} from './captured-request.ts'

/** A value of a document that anybody wrote. */
type Fields = Readonly<Record<string, unknown>>

/** Whether a value is an object of fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A request as JSON: `{ method, url, headers, body }`, with `bodyBase64` instead of `body` where bytes count. The events of
 * gateways that say `isBase64Encoded` are read, too.
 * @throws CaptureError when it has neither headers nor a body
 */
export function readJsonRequest(value: unknown): CapturedRequest {
  if (!isFields(value)) throw new CaptureError('malformed', 'JSON', '{ method, url, headers, body }')
  const { headers: givenHeaders, redacted, code } = value
  if (givenHeaders === undefined && value['body'] === undefined && value['bodyBase64'] === undefined)
    throw new CaptureError('malformed', 'JSON', '{ method, url, headers, body }')
  const headers = toHeaders(givenHeaders)
  const { body, notes } = bodyOf(value, headers)
  const at = parseMoment(text(value['at'] ?? value['receivedAt'] ?? value['startedDateTime']) ?? '')
  const names = Array.isArray(redacted) ? redacted.map(String) : []
  const id = text(value['id'])
  return {
    method: (text(value['method'] ?? value['httpMethod']) ?? 'POST').toUpperCase(),
    url: text(value['url'] ?? value['rawPath'] ?? value['path']) ?? '/',
    headers,
    body,
    notes: names.length > 0 ? [...notes, 'redacted'] : notes,
    ...(at && { at }),
    ...(names.length > 0 && { redacted: names }),
    ...(typeof code === 'string' && { refusedWith: code }),
    ...(id !== undefined && { id }),
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** By name, or pairs, or `{ name, value }` as HAR has them. */
export function toHeaders(given: unknown): (readonly [string, string])[] {
  if (Array.isArray(given)) {
    return given.flatMap((each: unknown): (readonly [string, string])[] => {
      if (Array.isArray(each)) return [[String(each[0]), String(each[1])]]
      if (!isFields(each)) return []
      return [[String(each['name']), String(each['value'])]]
    })
  }
  if (!isFields(given)) return []
  return Object.entries(given).flatMap(([name, value]) =>
    [value].flat().map((each): readonly [string, string] => [name, String(each)]),
  )
}

function bodyOf(
  value: Fields,
  headers: CapturedRequest['headers'],
): { readonly body: Uint8Array; readonly notes: readonly CaptureNote[] } {
  const { body, bodyBase64, bodyBytes } = value
  const base64 =
    typeof bodyBase64 === 'string' ? bodyBase64 : value['isBase64Encoded'] === true ? body : undefined
  if (typeof base64 === 'string') {
    const bytes = Buffer.from(base64, 'base64')
    const isCut = typeof bodyBytes === 'number' && bodyBytes > bytes.byteLength
    return { body: bytes, notes: isCut ? ['body-cut'] : [] }
  }
  if (typeof body === 'string') {
    const read = textBody(body)
    return { ...read, notes: [...read.notes, ...notesOfLength(headers, read.body)] }
  }
  if (body !== undefined && body !== null) return { body: Buffer.from(print(body)), notes: ['body-parsed'] }
  const none = new Uint8Array()
  const isMissing = typeof bodyBytes === 'number' && bodyBytes > 0
  return { body: none, notes: isMissing ? ['body-missing'] : notesOfLength(headers, none) }
}

/** What was parsed may be too deep to be printed. */
function print(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch {
    throw new CaptureError('malformed', 'JSON', 'body')
  }
}
