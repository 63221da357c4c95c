import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { ed25519, fromRawHeaders, hmac, rsa, type Scheme, type WebhookRequest } from '@acuse/core'
import { validateWebhookSignature, verifyByHand } from './by-hand.ts'
import type { Candidate } from './measure.ts'
import { repeated } from './measure.ts'
import { peersOf } from './peers.ts'
import type { Section } from './sections.ts'
import { bodyOf, path, secret, sign as signHmac } from './signed.ts'

const sizes = { '436 B': 436, '1 KB': 1_024, '16 KB': 16_384, '1 MB': 2 ** 20 }
const quickSizes = ['436 B']

/** Whether a request is authentic, and nothing else: every library, beside the least that can be done. */
export const verifySection: Section = {
  name: 'verify',
  async run({ group, form, effort }) {
    for (const [size, bytes] of Object.entries(sizes)) {
      if (form === 'quick' && !quickSizes.includes(size)) continue
      await group(`verify/${size}`, hmacCandidates(bodyOf('bhe-00000000', bytes)), effort)
    }
    const body = bodyOf('bhe-00000000')
    const { privateKey: rsaKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { privateKey: edKey } = generateKeyPairSync('ed25519')
    await group('verify/RSA-2048', asymmetricCandidates(body, rsaKey, 'rsa'), effort)
    await group('verify/Ed25519', asymmetricCandidates(body, edKey, 'ed25519'), effort)
  },
}

function hmacCandidates(body: Buffer): Candidate[] {
  const signature = signHmac(body)
  const ours = hmac({ secret, header: 'x-webhook-signature' })
  const request = requestOf(body, 'x-webhook-signature', signature)
  checkProves(ours, request)
  return [
    repeated('floor', () => verifyByHand(body, signature)),
    repeated('ours', () => ours.verify(request)),
    // express.json() parses before it: without a parsed payload it verifies nothing.
    repeated("Redcumbre's snippet", () => validateWebhookSignature(JSON.parse(body.toString()), signature)),
    ...peersOf(body),
  ]
}

function asymmetricCandidates(body: Buffer, privateKey: KeyObject, kind: 'rsa' | 'ed25519'): Candidate[] {
  const publicKey = createPublicKey(privateKey)
  const hash = kind === 'rsa' ? 'sha256' : null
  const signature = sign(hash, body, privateKey).toString('base64')
  const create = kind === 'rsa' ? rsa : ed25519
  const ours = create({ publicKey, header: 'x-signature' })
  const request = requestOf(body, 'x-signature', signature)
  checkProves(ours, request)
  return [
    repeated('floor', () => verify(hash, body, publicKey, Buffer.from(signature, 'base64'))),
    repeated('ours', () => ours.verify(request)),
  ]
}

function requestOf(body: Buffer, header: string, value: string): WebhookRequest {
  const rawHeaders = ['host', '127.0.0.1', 'content-type', 'application/json', header, value]
  return { method: 'POST', url: path, headers: fromRawHeaders(rawHeaders), body }
}

/** What refuses is quick, and no figure. */
function checkProves(scheme: Scheme, request: WebhookRequest): void {
  const verdict = scheme.verify(request)
  if ('code' in verdict) throw new Error(`${scheme.name} refuses its own signature: ${verdict.code}`)
}
