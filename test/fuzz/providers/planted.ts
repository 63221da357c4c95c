import type { Scheme } from '@acuse/core'
import type { Handshake } from '@acuse/core/provider-kit'
import type { AnyProvider } from '../../providers/serve.ts'
import type { Fault } from './judge.ts'
import type { Sender } from './sender.ts'

/** A provider, or a scheme, with a fault that the campaign must find. */
export interface Planted {
  readonly sender: string
  readonly fault: Fault
  readonly provider: (right: AnyProvider) => AnyProvider
}

const withScheme = (change: (scheme: Scheme) => Partial<Scheme>): Planted['provider'] => {
  return (right) => ({ ...right, scheme: { ...right.scheme, ...change(right.scheme) } })
}

const withHandshakes = (change: (handshake: Handshake) => Handshake): Planted['provider'] => {
  return (right) => ({ ...right, handshakes: (right.handshakes ?? []).map(change) })
}

/** Faults by name. */
export const planted: Readonly<Record<string, Planted>> = {
  'a scheme that looks at the grammar alone': {
    sender: 'stripe',
    fault: 'falseAccepts',
    provider: withScheme(() => ({ verify: () => ({ keyId: 'default' }) })),
  },
  'a scheme that takes a signature in upper case': {
    sender: 'github',
    fault: 'falseAccepts',
    provider: withScheme(({ verify }) => ({
      check: () => undefined,
      verify: (request) =>
        verify({
          ...request,
          headers: { values: (name) => request.headers.values(name).map((value) => value.toLowerCase()) },
        }),
    })),
  },
  'a scheme that takes the first of two headers': {
    sender: 'make',
    fault: 'falseAccepts',
    provider: withScheme(({ verify }) => ({
      check: () => undefined,
      verify: (request) =>
        verify({ ...request, headers: { values: (name) => request.headers.values(name).slice(0, 1) } }),
    })),
  },
  'a scheme that throws on what it cannot read': {
    sender: 'clickup',
    fault: 'serverErrors',
    provider: withScheme(({ verify }) => ({
      verify(request) {
        JSON.parse(Buffer.from(request.body).toString())
        return verify(request)
      },
    })),
  },
  'an unsigned header that is said to be signed': {
    sender: 'shopify',
    fault: 'secondEvents',
    provider: (right) => ({
      ...withScheme(({ signs }) => ({ signs: [...signs, { header: 'x-shopify-event-id', as: 'text' }] }))(
        right,
      ),
      eventRules: [{ type: [{ text: 'orders/create' }], idempotencyKey: [{ header: 'x-shopify-event-id' }] }],
    }),
  },
  'a handshake that tells back another value': {
    sender: 'meta',
    fault: 'reflections',
    provider: withHandshakes((each) => ({
      ...each,
      answer: { text: { query: 'hub.verify_token', as: 'token' } },
    })),
  },
  'a handshake of another grammar': {
    sender: 'meta',
    fault: 'falseAccepts',
    provider: withHandshakes((each) => ({ ...each, answer: { text: { query: 'hub.mode', as: 'token' } } })),
  },
  'a handshake that needs no proof': {
    sender: 'slack',
    fault: 'falseAccepts',
    provider: withHandshakes((each) => ({ ...each, proof: 'none' })),
  },
  'a handshake without a token': {
    sender: 'meta',
    fault: 'falseAccepts',
    provider: withHandshakes((each) => ({ ...each, proof: 'none' })),
  },
}

/** The one sender of a fault, with it. */
export function withFault(name: string): (all: readonly Sender[]) => readonly Sender[] {
  const { sender: meant, provider } = planted[name] as Planted
  return (all) =>
    all.filter((each) => each.name === meant).map((each) => ({ ...each, provider: provider(each.provider) }))
}
