/**
 * A test for one path, with and without a trailing slash. `%72` is an `r` (RFC 3986 §6.2.2.2), an escaped slash is
 * none, and case matters. Dot segments are left to who routes: a path that has them is another one.
 */
export function pathMatcher(own: string): (path: string) => boolean {
  const plain = decode(own).replace(/\/$/, '')
  return (path) => {
    const given = decode(path)
    return given === plain || given === `${plain}/`
  }
}

function decode(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
