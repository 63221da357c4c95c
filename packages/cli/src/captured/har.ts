import { parseMoment } from '../command/read-option.ts'
import { type CapturedRequest, CaptureError, type CaptureNote, textBody } from './captured-request.ts'
import { isFields, toHeaders } from './json-request.ts'

/** Whether a document is a HAR: `{ log: { entries: [ … ] } }`. */
export function isHar(value: unknown): boolean {
  return isFields(value) && isFields(value['log']) && Array.isArray(value['log']['entries'])
}

/**
 * The requests of a HAR 1.2: those that deliver; where none does, all.
 * @throws CaptureError when there is none
 */
export function readHar(value: unknown): CapturedRequest[] {
  const log = isFields(value) ? value['log'] : undefined
  const entries: unknown = isFields(log) ? log['entries'] : undefined
  const requests = Array.isArray(entries) ? entries.flatMap(toRequest) : []
  if (requests.length === 0) throw new CaptureError('empty', 'HAR')
  const posted = requests.filter(({ method }) => method === 'POST')
  return posted.length > 0 ? posted : requests
}

function toRequest(entry: unknown): CapturedRequest[] {
  const request = isFields(entry) ? entry['request'] : undefined
  if (!isFields(entry) || !isFields(request) || typeof request['url'] !== 'string') return []
  const at = parseMoment(String(entry['startedDateTime']))
  // HTTP/2 has parts of the request line among the headers.
  const headers = toHeaders(request['headers']).filter(([name]) => !name.startsWith(':'))
  return [
    {
      method: String(request['method'] ?? 'GET').toUpperCase(),
      url: request['url'],
      headers,
      ...bodyOf(request),
      ...(at && { at }),
    },
  ]
}

function bodyOf(request: Readonly<Record<string, unknown>>): {
  readonly body: Uint8Array
  readonly notes: readonly CaptureNote[]
} {
  const { postData, bodySize } = request
  const size = typeof bodySize === 'number' && bodySize >= 0 ? bodySize : undefined
  if (!isFields(postData)) return { body: new Uint8Array(), notes: size ? ['body-missing'] : [] }
  const { text, params, encoding = postData['_encoding'] } = postData
  if (typeof text === 'string' && encoding === 'base64')
    return { body: Buffer.from(text, 'base64'), notes: [] }
  if (typeof text === 'string' && (text !== '' || !Array.isArray(params) || params.length === 0)) {
    const read = textBody(text)
    const isOther = size !== undefined && size !== read.body.byteLength && read.notes.length === 0
    return { ...read, notes: isOther ? ['body-not-exact'] : read.notes }
  }
  const pairs = toHeaders(params)
  return {
    body: Buffer.from(
      new URLSearchParams(pairs.map(([name, of]): [string, string] => [name, of])).toString(),
    ),
    notes: ['body-parsed'],
  }
}
