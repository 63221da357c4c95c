import type { Handshake } from '@acuse/core/provider-kit'

const header = 'WebHook-Request-Origin'

/**
 * The validation of a delivery target («HTTP 1.1 Web Hooks for Event Delivery» §4): permission for the origin that asks, in the
 * grammar of DNS names, or for those that are named.
 */
export function originHandshakes(origins?: readonly string[]): readonly Handshake[] {
  const headers = {
    allow: { text: 'POST' },
    'webhook-allowed-origin': { header, as: 'token' },
    'webhook-allowed-rate': { text: '*' },
  } as const
  // Only what is of the grammar is an origin: `is` of anything else holds for nothing.
  const asks = origins?.map((is) => ({ header, as: 'token', is }) as const) ?? [
    { header, exists: true } as const,
  ]
  return asks.map((when) => ({ method: 'OPTIONS', proof: 'none', when, answer: { headers } }))
}
