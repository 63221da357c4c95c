/** Nothing but the dashboard's own files, no frames, and forms that go nowhere else. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'"

/** The headers of every answer. `same-origin`: no other site learns an address, and forms still say where they come from. */
const safeHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow',
  'cache-control': 'no-store',
}

/** An answer with the headers of all. */
export function answer(
  status: number,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...safeHeaders, 'content-type': type, ...headers } })
}

/** Sends the browser elsewhere, with a GET. */
export function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { ...safeHeaders, location } })
}

/** The same for everybody who may not look: it tells nothing. */
export function refused(): Response {
  return answer(403, 'text/plain; charset=utf-8', 'Forbidden\n')
}
