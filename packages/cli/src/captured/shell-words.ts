/** Escapes of `$'…'` in bash and zsh, which browsers write for what plain quotes cannot hold. */
const ansi: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  e: '\x1b',
  0: '\0',
}

/**
 * The words of a shell command, without running anything: quotes of all three kinds, escapes, line ends after `\`. Ends at an
 * unquoted line end, `|`, `;`, `&`, `<` or `>`. `undefined`: a quotation mark is open at the end.
 */
export function shellWords(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  const add = (part: string): void => {
    word = (word ?? '') + part
  }
  while (at < text.length) {
    const rest = text.slice(at, at + 2)
    const character = rest.charAt(0)
    if (/[\n|;&<>]/.test(character)) break
    if (rest === '\\\n') at += 2
    else if (text.startsWith('\\\r\n', at)) at += 3
    else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      at++
    } else if (character === '\\') {
      add(rest.slice(1))
      at += 2
    } else if (character === "'" || character === '"' || rest === "$'") {
      const quoted = readQuoted(text, at)
      if (quoted === undefined) return undefined
      add(quoted.value)
      at = quoted.end
    } else {
      const plain = /^[^\s\\'"$|;&<>]+/.exec(text.slice(at, at + 4_096))?.[0] ?? character
      add(plain)
      at += plain.length
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

interface Quoted {
  readonly value: string
  readonly end: number
}

function readQuoted(text: string, start: number): Quoted | undefined {
  if (text[start] === "'") {
    const close = text.indexOf("'", start + 1)
    return close === -1 ? undefined : { value: text.slice(start + 1, close), end: close + 1 }
  }
  return text[start] === '"' ? readDouble(text, start + 1) : readAnsi(text, start + 2)
}

function readDouble(text: string, start: number): Quoted | undefined {
  const parts: string[] = []
  for (let at = start; at < text.length; ) {
    if (text[at] === '"') return { value: parts.join(''), end: at + 1 }
    if (text[at] === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
      if (text[at + 1] !== '\n') parts.push(text.charAt(at + 1))
      at += 2
    } else parts.push(text.charAt(at++))
  }
  return undefined
}

function readAnsi(text: string, start: number): Quoted | undefined {
  const parts: string[] = []
  for (let at = start; at < text.length; ) {
    if (text[at] === "'") return { value: parts.join(''), end: at + 1 }
    if (text[at] !== '\\') parts.push(text.charAt(at++))
    else {
      const [whole, code, letter] = readEscape(text.slice(at, at + 10))
      if (whole === '') return undefined
      parts.push(
        code === undefined ? (ansi[letter] ?? letter) : String.fromCodePoint(Math.min(code, 0x10ffff)),
      )
      at += whole.length
    }
  }
  return undefined
}

function readEscape(text: string): readonly [whole: string, code: number | undefined, letter: string] {
  const [whole = '', x, u, long, letter = ''] =
    /^\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|([\s\S]))/i.exec(text) ?? []
  const digits = x ?? u ?? long
  return [whole, digits === undefined ? undefined : Number.parseInt(digits, 16), letter]
}
