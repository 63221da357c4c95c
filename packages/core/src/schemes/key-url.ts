const maxLength = 2_048

/**
 * Whether a text is an address that keys may be fetched from: canonical, `https:`, its host and path pinned, nothing else.
 * @throws TypeError when a pattern cannot be used, or pins nothing
 */
export function pinsOf(hosts: unknown, path: unknown): (text: string) => boolean {
  const host = anchor('hosts', hosts)
  const pathname = anchor('path', path)
  if (host.test('example.invalid') || hasLooseDot(String(hosts)))
    throw new TypeError(
      "fetchedKey hosts must pin hosts: write a full stop as '\\\\.', such as 'keys\\\\.[a-z0-9-]+\\\\.example\\\\.com'",
    )
  return (text) => {
    const url = toHttpsUrl(text)
    return (
      url !== undefined &&
      url.search === '' &&
      !text.endsWith('?') &&
      host.test(url.hostname) &&
      pathname.test(url.pathname)
    )
  }
}

/** An address in its one canonical spelling, or nothing: no user, no port, no fragment, nothing that a parser mends. */
export function toHttpsUrl(text: string): URL | undefined {
  if (text.length > maxLength || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isPlain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === ''
  return isPlain && url.href === text && !text.includes('#') ? url : undefined
}

/** Compiled alone first: `a)|(b` would be loose between anchors. */
function anchor(name: string, source: unknown): RegExp {
  try {
    if (typeof source === 'string' && source !== '') {
      new RegExp(source, 'u')
      return new RegExp(`^(?:${source})$`, 'u')
    }
  } catch {}
  throw new TypeError(`fetchedKey ${name} must be the source of a regular expression, without anchors`)
}

/** Whether a full stop stands for any character: `api.example.cl` would match `apixexample.cl`. */
function hasLooseDot(source: string): boolean {
  let isInClass = false
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at)
    if (character === '\\') at++
    else if (character === '[') isInClass = true
    else if (character === ']') isInClass = false
    else if (character === '.' && !isInClass) return true
  }
  return false
}
