import { type AsymmetricKeyInput, apiKey, hmac, type Keys, rsa, type Scheme, type Secrets } from '@acuse/core'
import type { ProofName } from './options.ts'

/** «Métodos de autenticación soportados»: the header of each proof, and how a custom one must end. */
const headers: { readonly [Proof in ProofName]: { readonly usual: string; readonly ending: string } } = {
  rsa: { usual: 'X-Zenpli-Signature', ending: '-Signature' },
  rsaPrivateKey: { usual: 'X-Zenpli-Signature', ending: '-Signature' },
  hmac: { usual: 'X-Zenpli-HMAC-Signature', ending: '-HMAC-Signature' },
  apiKey: { usual: 'Authorization', ending: '-Authorization' },
}

/** The scheme of a proof. */
export function toScheme(proof: ProofName, key: unknown, custom: string | undefined): Scheme {
  const header = toHeader(proof, custom)
  switch (proof) {
    case 'rsa':
      return rsa({ header, publicKey: key as Keys<AsymmetricKeyInput> })
    case 'rsaPrivateKey':
      return rsa({ header, privateKey: key as AsymmetricKeyInput })
    case 'hmac':
      // Its encoding is not documented; hex has 64 characters and base64 has 44.
      return hmac({ header, secret: key as Secrets, encoding: ['hex', 'base64'] })
    case 'apiKey':
      return apiKey({ header, key: key as Secrets })
  }
}

function toHeader(proof: ProofName, custom: string | undefined): string {
  const { usual, ending } = headers[proof]
  if (custom === undefined) return usual
  const lower = String(custom).toLowerCase()
  // `X-Zenpli-HMAC-Signature` ends in `-Signature` too: it is the HMAC's all the same.
  const isAnothers = ending === '-Signature' && lower.endsWith(headers.hmac.ending.toLowerCase())
  if (lower.endsWith(ending.toLowerCase()) && !isAnothers) return custom
  throw new TypeError(`zenpli header must end in '${ending}' for ${proof}, such as '${usual}'`)
}
