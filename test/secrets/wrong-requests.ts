import type { SignedRequest } from '@acuse/sender'

/** What senders and strangers get wrong, a secret in the wrong place among it. */
export function wrongRequests(
  signed: SignedRequest,
  proofs: readonly string[],
  secret: string,
): readonly SignedRequest[] {
  // A request's name is logged as it comes, and nobody takes a secret for one.
  const own = Object.keys(signed.headers).filter((name) => proofs.includes(name) && name !== 'x-request-id')
  const [query = ''] = signed.url.split('?').slice(1)
  const withHeaders = (headers: Record<string, string>): SignedRequest => ({
    ...signed,
    headers: { ...signed.headers, ...headers },
  })
  return [
    { ...signed, body: Buffer.concat([signed.body, Buffer.from('\n')]) },
    { ...signed, body: Buffer.from('junk') },
    { ...signed, url: `${signed.url}${query === '' ? '?' : '&'}key=${encodeURIComponent(secret)}` },
    withHeaders({ authorization: `Bearer ${secret}x`, cookie: `session=${secret}` }),
    withHeaders({ authorization: `Basic ${Buffer.from(`acme:${secret}`).toString('base64')}` }),
    withHeaders({ 'content-type': 'text/plain' }),
    ...own.flatMap((name) => [
      withHeaders({ [name]: secret }),
      withHeaders({ [name]: `sha256=${secret}` }),
      withHeaders({ [name]: `"${signed.headers[name]}"` }),
      withHeaders({ [name]: `secret=${secret} ${signed.headers[name]}` }),
      withHeaders({ [name]: `${signed.headers[name]}, ${signed.headers[name]}` }),
      withHeaders({ [name]: '' }),
    ]),
  ]
}
