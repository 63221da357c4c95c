/** The lines of text or UTF-8 bytes that are cut anywhere; empty ones are left out, and counted. */
export async function* linesOf(
  source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<readonly [line: string, number: number]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  let rest: string[] = []
  for await (const chunk of source) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) {
        const line = rest.join('')
        rest = []
        number++
        if (line.trim() !== '') yield [line, number]
      }
      rest.push(part)
    }
  }
  rest.push(decoder.decode())
  const line = rest.join('')
  if (line.trim() !== '') yield [line, number + 1]
}
