import { type CapturedRequest, CaptureError, type CaptureNote, headerOf } from './captured-request.ts'
import { isCurlCommand, type ReadNamedFile, readCurlCommand } from './curl-command.ts'

const firstLine = /^> ([A-Z][A-Z-]{0,19}) (\S+) HTTP\/\d(?:\.\d)?\s*$/

/** Whether text is what `curl -v` prints: lines of a request after `> `. */
export function isCurlVerbose(text: string): boolean {
  return text.split('\n').some((line) => firstLine.test(line))
}

/**
 * What `curl -v` prints: the head of each request, never its body. Where the command stands above it, the body is the
 * command's.
 * @throws CaptureError when there is no request in it
 */
export async function readCurlVerbose(text: string, readFile: ReadNamedFile): Promise<CapturedRequest[]> {
  const heads = headsOf(text.split(/\r?\n/))
  if (heads.length === 0) throw new CaptureError('empty', 'curl -v')
  const command = isCurlCommand(text) ? await readCurlCommand(text, readFile) : undefined
  return heads.map((head) => {
    if (command && command.body.byteLength > 0) return { ...head, body: command.body, notes: command.notes }
    const length = headerOf(head, 'content-length')
    const isEmpty = length === '0' || (length === undefined && head.method !== 'POST')
    const notes: CaptureNote[] = isEmpty ? [] : ['body-missing']
    return { ...head, body: new Uint8Array(), notes }
  })
}

type Head = Pick<CapturedRequest, 'method' | 'url' | 'headers'>

function headsOf(lines: readonly string[]): Head[] {
  const heads: (Head & { readonly headers: (readonly [string, string])[] })[] = []
  let isOpen = false
  for (const line of lines) {
    const [, method, url] = firstLine.exec(line) ?? []
    if (method !== undefined && url !== undefined) {
      heads.push({ method, url, headers: [] })
      isOpen = true
    } else if (isOpen && line.startsWith('> ') && line.includes(':')) {
      const at = line.indexOf(':')
      heads.at(-1)?.headers.push([line.slice(2, at).trim(), line.slice(at + 1).trim()])
    } else if (line.startsWith('>')) isOpen = false
  }
  return heads
}
