import type { HandshakeToken } from '../model/handshake.ts'
import { disregard } from './fence.ts'
import { grammars } from './grammars.ts'

/**
 * The token that a sender must repeat.
 * @throws TypeError when it is too short or no text, and what its function throws
 */
export function tokenOf({ secret }: HandshakeToken): string {
  const token: unknown = typeof secret === 'function' ? secret() : secret
  if (typeof token === 'string' && token.length >= 8 && grammars.text.test(token)) return token
  disregard(token)
  throw new TypeError(
    'provider.handshakes[].proof.secret must be the token that you gave the sender, 8 characters or more',
  )
}
