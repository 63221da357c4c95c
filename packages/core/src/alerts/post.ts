import { describeError, readThrown } from '../lib/describe-error.ts'

/** A request of a notifier. */
export interface Posted {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

/**
 * An address to post to.
 * @throws TypeError when it is none, is not https and not of this machine, or has a user or a password in it
 */
export function toTarget(where: string, address: unknown): URL {
  const text = address instanceof URL ? address.href : address
  if (typeof text !== 'string' || !URL.canParse(text))
    throw new TypeError(`${where} must be an address, such as https://hooks.example.com/alerts`)
  const url = new URL(text)
  const isPrivate = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  if (!isPrivate)
    throw new TypeError(`${where} must begin with https://, or with http:// and an address of this machine`)
  if (url.username !== '' || url.password !== '')
    throw new TypeError(`${where} must have no user and no password in it`)
  return url
}

/** `URL` writes all of 127.0.0.0/8 with four numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/**
 * Posts once, and follows no redirect.
 * @throws Error when it is not answered with 2xx; its message names the host alone, because a path may be a secret
 */
export async function post(url: URL, { headers, body, signal }: Posted): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' }).catch(
    (error: unknown) => {
      const cause = readThrown(error, 'cause') ?? error
      throw new Error(`${url.host} cannot be reached: ${describeError(cause).message}`)
    },
  )
  await response.body?.cancel()
  if (!response.ok) throw new Error(`${url.host} answered ${response.status}`)
}
