import { first, rightProvider, signatureOf, wronglyVerified } from './right-provider.ts'
import type { WrongProvider } from './wrong-providers.ts'

/** Faults in schemes by hand. */
export const wrongSchemes: readonly WrongProvider[] = [
  {
    fault: 'compares the beginning of a signature',
    wrong: wronglyVerified((request, _, secret) =>
      first(request, 'x-signature').startsWith(signatureOf(request, secret).slice(0, 30)),
    ),
    failsAt: [
      'refuses each change of one bit of a header of its proof',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'signs the beginning of a body',
    wrong: changedScheme(60),
    failsAt: [
      'accepts no change of one bit of the body',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'takes the first of two signatures',
    wrong: wronglyVerified(
      (request, _, secret) => first(request, 'x-signature') === signatureOf(request, secret),
      {
        check: () => undefined,
      },
    ),
    failsAt: [
      'refuses a request with one of those headers twice',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'takes a request without a signature',
    wrong: wronglyVerified(
      (request, right) => first(request, 'x-signature') === '' || 'keyId' in right.verify(request),
      { check: () => undefined },
    ),
    failsAt: ['refuses a request without one of the headers of its proof'],
  },
  {
    fault: 'takes any signature',
    wrong: wronglyVerified(() => true),
    failsAt: [
      'accepts no change of one bit of the body',
      'answers no handshake with another token, or by another key',
      'explains why it refuses what another key has proven',
      'refuses each change of one bit of a header of its proof',
      'refuses each change of one bit of a parameter that is proven',
      'refuses what another key has proven',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'takes each signature once, by a memory of its own',
    wrong: (secret) => {
      const seen = new Set<string>()
      return wronglyVerified((request, right) => {
        const signature = first(request, 'x-signature')
        return !seen.has(signature) && 'keyId' in right.verify(request) && seen.add(signature).size > 0
      })(secret)
    },
    failsAt: ['explains nothing of what it accepted', 'runs the others of a batch once when one fails'],
  },
  {
    fault: 'says no word about what it refuses',
    wrong: wronglyVerified((request, right) => 'keyId' in right.verify(request), { diagnose: () => [] }),
    failsAt: ['explains why it refuses what another key has proven'],
  },
  {
    fault: 'takes the first of two keys alone',
    wrong: (secret) => rightProvider([secret].flat()[0] as string),
    failsAt: ['takes what either of two keys has proven, an event of both once'],
  },
]

/** Signs so many bytes, and says that it signs all. */
function changedScheme(bytes: number): WrongProvider['wrong'] {
  return (secret) => {
    const right = wronglyVerified(
      (request, _, key) =>
        first(request, 'x-signature') === signatureOf(request, key, request.body.subarray(0, bytes)),
    )(secret)
    const { scheme } = right
    return {
      ...right,
      scheme: { ...scheme, sign: (body, sent) => ({ ...scheme.sign?.(body.subarray(0, bytes), sent) }) },
    }
  }
}

/** Faults in what a scheme says that it signs. */
export const wrongClaims: readonly WrongProvider[] = [
  {
    fault: 'believes that its scheme signs the id in a header',
    wrong: (secret) => {
      const right = rightProvider(secret)
      const claimed = { header: 'x-delivery', as: 'id' } as const
      return {
        ...right,
        scheme: { ...right.scheme, signs: [...right.scheme.signs, claimed] },
        eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [claimed] }],
        expose: [],
      }
    },
    failsAt: [
      'refuses a request with one of those headers twice',
      'refuses a request without one of the headers of its proof',
      'refuses each change of one bit of a header of its proof',
      'runs an event once that stands twice in a batch',
      'runs the others of a batch once when one fails',
    ],
  },
  {
    fault: 'believes that its scheme signs the type in a header',
    wrong: (secret) => {
      const right = rightProvider(secret)
      const claimed = { header: 'x-type', as: 'token' } as const
      const { items: _, volatile: __, sending, ...rest } = right
      const { encode: ___, ...plain } = sending as NonNullable<typeof sending>
      return {
        ...rest,
        sending: plain,
        scheme: { ...right.scheme, signs: [...right.scheme.signs, claimed] },
        eventRules: [{ type: [claimed], idempotencyKey: [{ body: 'id' }] }],
      }
    },
    failsAt: [
      'refuses a request with one of those headers twice',
      'refuses a request without one of the headers of its proof',
      'refuses each change of one bit of a header of its proof',
      'takes a retry of its sender for a duplicate, up to the last',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'believes that its scheme signs a parameter',
    wrong: (secret) => {
      const right = rightProvider(secret)
      return {
        ...right,
        scheme: { ...right.scheme, signs: [...right.scheme.signs, { query: 'from', as: 'id' }] },
      }
    },
    failsAt: ['refuses each change of one bit of a parameter that is proven'],
  },
]
