const indent = '  '

/** Deeper lines are not indented further: depth is the sender's, and its square would be ours to pay. */
const deepest = 40

/**
 * JSON with line breaks, its tokens as they were sent: `1.0` and a number of twenty digits stay what they are. It ends a little
 * behind `most` characters. `undefined` where it is no JSON.
 */
export function prettyJson(text: string, most: number): string | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  let out = ''
  let depth = 0
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (out.length > most) break
    if (token === '{' || token === '[') out += `${token}${line(++depth)}`
    else if (token === '}' || token === ']') out = close(out, token, --depth)
    else if (token === ',') out += `,${line(depth)}`
    else out += token === ':' ? ': ' : token
  }
  return out
}

function line(depth: number): string {
  return `\n${indent.repeat(Math.min(depth, deepest))}`
}

/** An empty object or list stays on its line. */
function close(out: string, token: string, depth: number): string {
  const trimmed = out.trimEnd()
  const isEmpty = /[{[]$/.test(trimmed) && trimmed.length < out.length
  return isEmpty ? `${trimmed}${token}` : `${out}${line(depth)}${token}`
}

/** The text of bytes; `undefined` where they are no UTF-8. */
export function toText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const hexBytes = 512

/** The first bytes, sixteen a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.byteLength, hexBytes); at += 16) {
    const row = Buffer.from(bytes.subarray(at, at + 16))
    const shown = row.toString('latin1').replace(/[^\x20-\x7e]/g, '.')
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${(row.toString('hex').match(/../g) ?? []).join(' ').padEnd(48)} ${shown}`,
    )
  }
  return lines.join('\n')
}
