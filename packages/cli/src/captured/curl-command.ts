import { type CapturedRequest, CaptureError, type CaptureNote, textBody } from './captured-request.ts'
import { shellWords } from './shell-words.ts'

/** Reads a file that a command names after `@`. */
export type ReadNamedFile = (path: string) => Promise<Buffer>

/** Options of curl that a value follows, and that say nothing of the request. */
const otherValues = new Set([
  ...[
    '-o',
    '--output',
    '-m',
    '--max-time',
    '--connect-timeout',
    '-x',
    '--proxy',
    '--cacert',
    '--capath',
    '-E',
  ],
  ...['--cert', '--key', '-w', '--write-out', '--resolve', '--connect-to', '--retry', '--retry-delay', '-c'],
  ...['--cookie-jar', '-K', '--config', '--interface', '--limit-rate', '--max-redirs', '-D', '--dump-header'],
  ...[
    '--ciphers',
    '--tls-max',
    '-U',
    '--proxy-user',
    '--trace',
    '--trace-ascii',
    '-r',
    '--range',
    '--noproxy',
  ],
])
const values: Readonly<Record<string, string>> = {
  '-X': 'request',
  '--request': 'request',
  '-H': 'header',
  '--header': 'header',
  '-d': 'data',
  '--data': 'data',
  '--data-ascii': 'data',
  '--data-raw': 'raw',
  '--data-binary': 'binary',
  '--data-urlencode': 'urlencode',
  '--json': 'json',
  '--url': 'url',
  '-A': 'user-agent',
  '--user-agent': 'user-agent',
  '-e': 'referer',
  '--referer': 'referer',
  '-b': 'cookie',
  '--cookie': 'cookie',
  '-u': 'user',
  '--user': 'user',
  '-F': 'form',
  '--form': 'form',
  '-T': 'upload',
  '--upload-file': 'upload',
}

/** Whether text begins with a command of curl; a prompt may stand before it. */
export function isCurlCommand(text: string): boolean {
  return /^(?:[$%#>] *)?curl(?:\.exe)?\s/.test(text)
}

interface Spoken {
  readonly name: string
  readonly value: string
}

/**
 * A command line of curl, as people and browsers copy it. Nothing is run.
 * @throws CaptureError when it cannot be followed
 */
export async function readCurlCommand(text: string, readFile: ReadNamedFile): Promise<CapturedRequest> {
  const words = shellWords(text.replace(/^[$%#>] */, ''))
  if (!words) throw new CaptureError('malformed', 'curl command', 'a quotation mark is open: \' or "')
  const spoken = toSpoken(words.slice(1))
  const all = (name: string) => spoken.filter((each) => each.name === name).map(({ value }) => value)
  const url = all('url')[0]
  if (url === undefined) throw new CaptureError('malformed', 'curl command', 'no URL')
  for (const name of ['form', 'upload'])
    if (all(name).length > 0)
      throw new CaptureError('not-supported', 'curl command', name === 'form' ? '-F' : '-T')
  const { body, notes, isData, isJson } = await bodyOf(spoken, readFile)
  const isGet = all('get').length > 0
  const method =
    all('request').at(-1) ?? (all('head').length > 0 ? 'HEAD' : isData && !isGet ? 'POST' : 'GET')
  return {
    method: method.toUpperCase(),
    url: toUrl(isGet && isData ? `${url}${url.includes('?') ? '&' : '?'}${Buffer.from(body)}` : url),
    headers: headersOf(all, { isData: isData && !isGet, isJson }),
    body: isGet ? new Uint8Array() : body,
    notes,
  }
}

function toUrl(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
}

/** Options and addresses in order; short options may stand together, or before their value. */
function toSpoken(words: readonly string[]): Spoken[] {
  const spoken: Spoken[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-') || word === '-') spoken.push({ name: 'url', value: word })
    else if (word.startsWith('--')) {
      const name = values[word]
      if (name !== undefined) spoken.push({ name, value: words[++at] ?? '' })
      else if (otherValues.has(word)) at++
      else spoken.push({ name: word.slice(2), value: '' })
    } else at += addShort(spoken, word, words[at + 1])
  }
  return spoken
}

/** Letters of one word, such as `-sSX`; how many words beside it they take. */
function addShort(spoken: Spoken[], word: string, next: string | undefined): number {
  for (let index = 1; index < word.length; index++) {
    const option = `-${word.charAt(index)}`
    const name = values[option]
    const joined = word.slice(index + 1)
    if (name !== undefined) spoken.push({ name, value: joined === '' ? (next ?? '') : joined })
    if (name !== undefined || otherValues.has(option)) return joined === '' ? 1 : 0
    if (option === '-G') spoken.push({ name: 'get', value: '' })
    if (option === '-I') spoken.push({ name: 'head', value: '' })
  }
  return 0
}

/** As curl joins several: by `&`; `--json` by nothing. */
async function bodyOf(spoken: readonly Spoken[], readFile: ReadNamedFile) {
  const parts: Buffer[] = []
  const notes = new Set<CaptureNote>()
  const given = spoken.filter(({ name }) => ['data', 'raw', 'binary', 'urlencode', 'json'].includes(name))
  for (const [index, { name, value }] of given.entries()) {
    if (index > 0 && name !== 'json') parts.push(Buffer.from('&'))
    if (value.startsWith('@') && name !== 'raw' && name !== 'urlencode') {
      const bytes = await readFile(value.slice(1))
      // curl takes line ends out of what `-d` reads from a file.
      parts.push(
        name === 'data'
          ? Buffer.from(bytes.filter((byte) => byte !== 0x0a && byte !== 0x0d && byte !== 0))
          : bytes,
      )
    } else {
      const text = textBody(name === 'urlencode' ? encode(value) : value)
      for (const note of text.notes) notes.add(note)
      parts.push(Buffer.from(text.body))
    }
  }
  return {
    body: Buffer.concat(parts),
    notes: [...notes],
    isData: given.length > 0,
    isJson: given.some(({ name }) => name === 'json'),
  }
}

/** `--data-urlencode name=value`: the value is encoded, the name is not. */
function encode(value: string): string {
  const at = value.indexOf('=')
  if (at === -1) return encodeURIComponent(value)
  return `${at === 0 ? '' : value.slice(0, at + 1)}${encodeURIComponent(value.slice(at + 1))}`
}

type All = (name: string) => readonly string[]

function headersOf(all: All, { isData, isJson }: { readonly isData: boolean; readonly isJson: boolean }) {
  const own = all('header').flatMap((line): (readonly [string, string])[] => {
    const at = line.indexOf(':')
    if (at > 0) {
      const value = line.slice(at + 1).trim()
      return value === '' ? [] : [[line.slice(0, at).trim(), value]]
    }
    return line.endsWith(';') ? [[line.slice(0, -1), '']] : []
  })
  const isTaken = (name: string) => all('header').some((line) => line.toLowerCase().startsWith(`${name}:`))
  const usual: (readonly [string, string | undefined])[] = [
    ['Content-Type', isJson ? 'application/json' : isData ? 'application/x-www-form-urlencoded' : undefined],
    ['User-Agent', all('user-agent').at(-1)],
    ['Referer', all('referer').at(-1)],
    ['Cookie', all('cookie').at(-1)],
    ['Authorization', basicOf(all('user').at(-1))],
  ]
  const added = usual.flatMap(([name, value]) =>
    value === undefined || isTaken(name.toLowerCase()) ? [] : [[name, value] as const],
  )
  return [...own, ...added]
}

function basicOf(user: string | undefined): string | undefined {
  return user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`
}
