import { apiKey, hmac, rsa, type Scheme } from '@acuse/core'
import type { ProofName, ZenpliOptions } from './options.ts'

/** «Métodos de autenticación soportados»: the header of each proof, and how a custom one must end. */
const headers: { readonly [Proof in ProofName]: { readonly usual: string; readonly ending: string } } = {
  rsa: { usual: 'X-Zenpli-Signature', ending: '-Signature' },
  rsaPrivateKey: { usual: 'X-Zenpli-Signature', ending: '-Signature' },
  hmac: { usual: 'X-Zenpli-HMAC-Signature', ending: '-HMAC-Signature' },
  apiKey: { usual: 'Authorization', ending: '-Authorization' },
}

/** The scheme of a proof. */
export function toScheme(proof: ProofName, options: ZenpliOptions): Scheme {
  const header = toHeader(proof, options.header)
  switch (proof) {
    case 'rsa':
      return rsa({ header, publicKey: options.rsa })
    case 'rsaPrivateKey':
      return rsa({ header, privateKey: options.rsaPrivateKey })
    case 'hmac':
      // Its encoding is not documented; hex has 64 characters and base64 has 44.
      return hmac({ header, secret: options.hmac, encoding: ['hex', 'base64'] })
    case 'apiKey':
      return apiKey({ header, key: options.apiKey })
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
