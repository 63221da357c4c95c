import { type Explanation, explain, fromRawHeaders, systemClock } from '@acuse/core'
import type { RefusedRequest } from '@acuse/core/capture-file'
import type { DashboardReceiver } from './options.ts'

/** What is found out of a refused request; `not-judged`: what proves it was taken out of the capture. */
export type Explained = Explanation | { readonly kind: 'no-provider' | 'not-judged' }

/** Explains a captured request as of the time when it came. */
export async function explainRefused(
  refused: RefusedRequest,
  receivers: readonly DashboardReceiver[],
): Promise<Explained> {
  const provider = providerOf(refused, receivers)
  if (provider === undefined) return { kind: 'no-provider' }
  if (isProofRedacted(refused, provider)) return { kind: 'not-judged' }
  const { method, url, headers, body = new Uint8Array(), at } = refused
  const request = { method, url, headers: fromRawHeaders(headers.flat()), body }
  const clock = { ...systemClock, now: () => Date.parse(at) }
  return await explain(request, provider, { clock })
}

/** Several receivers may be of one provider: then the one whose path it came to. */
function providerOf(
  { provider: name, url }: RefusedRequest,
  receivers: readonly DashboardReceiver[],
): DashboardReceiver['provider'] | undefined {
  const candidates = receivers.filter(({ provider }) => provider.name === name)
  const [path = ''] = url.split('?')
  return (candidates.find((each) => each.answers(path)) ?? candidates[0])?.provider
}

/** Whether a value that the proof is read from was taken out. */
function isProofRedacted({ redacted }: RefusedRequest, { scheme }: DashboardReceiver['provider']): boolean {
  const read = new Set((scheme.headers ?? []).map((name) => name.toLowerCase()))
  for (const part of scheme.signs) {
    if ('header' in part) read.add(String(part.header).toLowerCase())
    if ('query' in part) read.add(`?${part.query}`)
  }
  for (const name of Object.keys(scheme.signQuery?.() ?? {})) read.add(`?${name}`)
  return redacted.some((name) => read.has(name) || name === '?')
}
