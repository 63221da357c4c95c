/** How a resource is fetched. */
export interface GetOptions {
  /** Headers beside `Accept`, such as the one that carries a key. */
  readonly headers?: Readonly<Record<string, string>>
  /** Aborted when the attempt is over. */
  readonly signal: AbortSignal
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * A resource of a provider's API, as JSON. A redirect is refused: it would carry the key elsewhere.
 * @throws Error when the answer is no 2xx or no JSON; it names no query, which may hold a key
 */
export async function getJson(url: string, options: GetOptions): Promise<unknown> {
  const { headers, signal, fetch = globalThis.fetch } = options
  const response = await fetch(url, {
    headers: { accept: 'application/json', ...headers },
    redirect: 'error',
    signal,
  })
  if (response.ok) return response.json()
  // Unread, it would hold its connection.
  await response.body?.cancel()
  throw new Error(`GET ${url.split('?', 1)[0]} answered ${response.status}`)
}
