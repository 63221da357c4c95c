import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const cookieName = 'acuse-dashboard'
const secretBytes = 32
/** The longest that a page stays open before its form is refused. */
const tokenMs = 12 * 3_600_000

/** The session of a browser, and what is set where it is new. */
export interface Session {
  /** Random; it proves nothing by itself. */
  readonly id: string
  /** The header `set-cookie`; absent where the browser has one. */
  readonly setCookie: string | undefined
}

/**
 * The key of tokens.
 * @throws TypeError when the secret is too short
 */
export function toSecret(secret: string | undefined): Uint8Array {
  if (secret === undefined) return randomBytes(secretBytes)
  if (secret.length < secretBytes)
    throw new TypeError(
      'secret must have at least 32 characters, such as the output of: openssl rand -hex 32',
    )
  return Buffer.from(secret)
}

/** The value of a cookie; `undefined` without one. */
export function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key = '', ...value] = part.split('=')
    if (key.trim() === name) return value.join('=').trim()
  }
  return undefined
}

/** The session of a request, or a new one. */
export function sessionOf(request: Request, basePath: string): Session {
  const known = cookieOf(request, cookieName)
  if (known !== undefined && /^[\w-]{22}$/.test(known)) return { id: known, setCookie: undefined }
  const id = randomBytes(16).toString('base64url')
  return { id, setCookie: toCookie(request, basePath, cookieName, id) }
}

/** A cookie that no script reads, and that no other site has sent. */
export function toCookie(request: Request, basePath: string, name: string, value: string): string {
  const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : ''
  return `${name}=${value}; Path=${basePath || '/'}; HttpOnly; SameSite=Strict${secure}`
}

/** Makes the tokens of forms, and tells whether one is of this user and session, and not too old. */
export class Tokens {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** A token for the forms of a page. */
  make(user: string, session: string, now: number): string {
    const until = Math.floor((now + tokenMs) / 1_000).toString(36)
    return `${until}.${this.#sign(user, session, until)}`
  }

  /** Whether a token is one that was made for them. */
  isGood(token: string | undefined, user: string, session: string, now: number): boolean {
    const [until = '', signature = ''] = (token ?? '').split('.')
    if (!/^[0-9a-z]{1,9}$/.test(until) || Number.parseInt(until, 36) * 1_000 < now) return false
    const given = Buffer.from(signature)
    const right = Buffer.from(this.#sign(user, session, until))
    return given.byteLength === right.byteLength && timingSafeEqual(given, right)
  }

  #sign(user: string, session: string, until: string): string {
    const signed = JSON.stringify(['acuse dashboard form', user, session, until])
    return createHmac('sha256', this.#key).update(signed).digest('base64url')
  }
}

/**
 * Whether a browser says that its own page sent this: `Sec-Fetch-Site`, which no script can set and no proxy changes; else, on
 * plain HTTP, where browsers leave it out, `Origin` against the host that was asked.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = request.headers.get('origin')
  const host = request.headers.get('host') ?? new URL(request.url).host
  return origin !== null && URL.canParse(origin) && new URL(origin).host === host
}
