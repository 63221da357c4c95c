import { hmac } from '@acuse/core'

const utf8 = new TextEncoder()

/**
 * Signs the requests of an API that wants them signed: HMAC-SHA256 of a text, in lower-case hex. By core's scheme, which
 * is the only one to touch the primitive.
 * @throws TypeError when the secret is empty, short, padded, a placeholder or a PEM
 */
export function textSigner(secret: string): (text: string) => string {
  const { sign } = hmac({ header: 'signature', secret })
  return (text) => String(sign?.(utf8.encode(text))['signature'])
}
