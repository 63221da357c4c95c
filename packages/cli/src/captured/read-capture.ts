import { type Capture, CaptureError } from './captured-request.ts'
import { isCurlCommand, type ReadNamedFile, readCurlCommand } from './curl-command.ts'
import { isCurlVerbose, readCurlVerbose } from './curl-verbose.ts'
import { isHar, readHar } from './har.ts'
import { readJsonRequest } from './json-request.ts'
import { isRawHttp, readRawHttp } from './raw-http.ts'

/** The most requests of one file that are looked at. */
const mostRequests = 1_000

/**
 * Reads captured requests; by their content it tells how they are written.
 * @throws CaptureError when that is none of the formats, or malformed
 */
export async function readCapture(bytes: Buffer, readFile: ReadNamedFile): Promise<Capture> {
  const start = startOf(bytes)
  const head = bytes.subarray(start, start + 20_000).toString('latin1')
  if (head === '') throw new CaptureError('empty', undefined)
  if (isRawHttp(head)) return { format: 'raw HTTP', requests: [readRawHttp(bytes.subarray(start))] }
  const text = () => bytes.subarray(start).toString('utf8')
  if (/^[[{]/.test(head)) return readJson(text())
  if (isCurlVerbose(head)) return { format: 'curl -v', requests: await readCurlVerbose(text(), readFile) }
  if (isCurlCommand(head))
    return { format: 'curl command', requests: [await readCurlCommand(text(), readFile)] }
  throw new CaptureError('unknown', undefined)
}

/** After a byte order mark and empty lines. */
function startOf(bytes: Buffer): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.byteLength && /\s/.test(String.fromCharCode(bytes[at] ?? 0))) at++
  return at
}

function readJson(text: string): Capture {
  const whole = parse(text)
  if (whole !== undefined) {
    if (isHar(whole.value)) return { format: 'HAR', requests: few(readHar(whole.value)) }
    const all = Array.isArray(whole.value) ? whole.value : [whole.value]
    if (all.length === 0) throw new CaptureError('empty', 'JSON')
    return { format: 'JSON', requests: few(all).map(readJsonRequest) }
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const requests = few(lines).map((line, at) => {
    const parsed = parse(line)
    if (parsed === undefined)
      throw new CaptureError('malformed', lines.length > 1 ? 'NDJSON' : 'JSON', `1:${at + 1}`)
    return readJsonRequest(parsed.value)
  })
  return { format: 'NDJSON', requests }
}

function few<Item>(all: readonly Item[]): readonly Item[] {
  return all.slice(0, mostRequests)
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
